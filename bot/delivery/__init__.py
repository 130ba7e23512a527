"""Work outside, done by workers: claim what is due, attempt it, settle it."""
