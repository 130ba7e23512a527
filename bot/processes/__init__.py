"""Our processes on one machine: who starts them, and when they end."""
