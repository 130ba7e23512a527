"""The configuration: the environment, read once, as frozen values."""
