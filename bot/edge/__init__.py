"""What stands between us and strangers: who calls, how often, from where, and what is shown."""
