"""Says in plain words what works, what is missing and what to do."""
