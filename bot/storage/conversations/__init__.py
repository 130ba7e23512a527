"""Conversations and messages as agents, programs and owners find and read them."""
