"""Keys by which a second delivery of the same event is recognised."""

import json
from hashlib import sha256

from channels.meta.texts import clean, id_of

_LONGEST = 255
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def message_key(mid: object) -> str | None:
    """Take Meta's own key; one that no index could hold is replaced by its hash."""
    key = id_of(mid)
    if key is None or (len(key) <= _LONGEST and clean(key) == key):
        return key
    return f"sha256:{sha256(key.encode(errors='surrogatepass')).hexdigest()}"


def derived_key(*parts: object) -> str:
    """Make a key for an event that has none, from all that stays the same when it comes again."""
    return f"derived:{sha256(_CANONICAL.encode(parts).encode()).hexdigest()}"
