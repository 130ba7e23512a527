"""Facebook Messenger, as Meta describes it and as it really behaves."""
