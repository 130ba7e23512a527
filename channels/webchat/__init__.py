"""Web chat: a widget on any site, its frame on this server, and what the two call."""
