"""What operators set: the environment, read once and handed on as frozen values."""
