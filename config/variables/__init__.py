"""Every variable, its default and what it takes; each file is about one thing."""
