"""What is seen and heard in a real browser."""
