"""From signed bytes and calls of browsers to what API, inbox, search and outbox then say."""
