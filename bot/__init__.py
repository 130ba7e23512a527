"""The system between the channels: what happened, what to do about it, and who did it."""
