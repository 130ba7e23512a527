"""A process of its own that speaks through Apprise: `python -m bot.notifications.apprise_process`.

Apprise takes a second to load, reads whatever a server answers into memory, and waits as long as
bytes trickle in. Here that hurts nobody: memory is limited, and whoever asks may end the process.
JSON in, JSON out; URLs never stand in the arguments, where others could read them.
"""

import json
import logging
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.edge.child_loop import answer_requests

_MOST_MEMORY = 640 << 20
_STATUS = re.compile(r"error=(\d{3})\b")


class _Statuses(logging.Handler):
    """Apprise says yes or no; the status stands only in what it logs."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the number, and nothing else: the rest may hold what is secret."""
        self.seen += [int(found) for found in _STATUS.findall(record.getMessage())]


def main() -> None:
    """Answer until nobody asks any more."""
    answer_requests(
        lambda asked: json.dumps(_answer(json.loads(asked))).encode(),
        {resource.RLIMIT_AS: _MOST_MEMORY},
    )


def _answer(asked: dict[str, str]) -> dict[str, Any]:
    try:
        with _listening() as statuses:
            return {"said": _say(asked), "status": next(iter(statuses.seen[-1:]), None)}
    except Exception as error:  # noqa: BLE001 - who asks must hear something, whatever it was
        return {"said": False, "status": None, "fault": type(error).__name__}


def _say(asked: dict[str, str]) -> bool | None:
    """Send a notice to a URL; None: Apprise does not know what to do with the URL."""
    import apprise  # noqa: PLC0415 - loaded with the first notice, not with the process

    asset = apprise.AppriseAsset(app_id="Whosthere", app_desc="", app_url="", http_redirects=False)
    telling = apprise.Apprise(asset=asset)
    if not telling.add(asked["url"]):
        return None
    if "body" not in asked:
        return True  # only a check
    told = telling.notify(
        title=asked["title"], body=asked["body"], body_format=apprise.NotifyFormat.TEXT
    )
    return bool(told)


@contextmanager
def _listening() -> Iterator[_Statuses]:
    logger = logging.getLogger("apprise")
    statuses = _Statuses()
    logger.addHandler(statuses)
    logger.propagate = False
    try:
        yield statuses
    finally:
        logger.removeHandler(statuses)


if __name__ == "__main__":
    main()
