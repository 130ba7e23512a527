"""Tell sockets what is new: the Redis listener, presence, and what a visitor may read."""
