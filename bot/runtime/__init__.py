"""What every process needs besides the rules: logs, locks, secrets, embedded Valkey."""
