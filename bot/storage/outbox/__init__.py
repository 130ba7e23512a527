"""The outbox: work to be done outside, as rows of one table, and the accounts it leaves by."""
