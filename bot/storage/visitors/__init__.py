"""Visitors with their conversations and messages, as intake loads and writes them."""
