"""Graph's error codes for Messenger."""

from channels.meta.error_rows import MESSAGING
from channels.meta.outcomes import ErrorTable

ERRORS = ErrorTable("Facebook", "page", MESSAGING)
