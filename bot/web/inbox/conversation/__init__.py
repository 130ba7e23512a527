"""The list of conversations, and the open one beside it."""
