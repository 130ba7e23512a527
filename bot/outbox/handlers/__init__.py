"""The kinds of work: a file for each, which knows its subject and nothing of how rows live."""
