"""The outbox's engine: takes the rows that are due, has them done, and settles them."""
