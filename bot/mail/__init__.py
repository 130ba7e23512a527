"""Mails: how they are written, sent, fetched and read. Knows nothing of conversations."""
