"""The runtime of every process: logs, locks, secrets, embedded Valkey."""
