"""Tells people by Apprise, which runs in a process of its own that is ended when it hangs."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from bot.edge.child_process import ChildAwayError, ChildProcess, ChildSilentError
from bot.notifications.texts import Notice
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError

_PATIENCE = timedelta(seconds=25)
_ARGUMENTS = ("-m", "bot.notifications.apprise_process")


class AppriseSender:
    """Apprise in a child process, started with the first notice; threads take turns."""

    def __init__(self, patience: timedelta = _PATIENCE) -> None:
        self._child = ChildProcess(_ARGUMENTS, patience)

    def say(self, url: str, notice: Notice) -> None:
        """Send a notice to a URL, or raise one of the three errors; blocks meanwhile."""
        _judge(self._ask({"url": url, "title": notice.title, "body": notice.text}))

    def knows(self, url: str) -> bool:
        """Say whether Apprise knows what to do with a URL; nothing is sent."""
        return self._ask({"url": url}).get("said") is True

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def _ask(self, asked: dict[str, str]) -> dict[str, Any]:
        try:
            answer = self._child.ask(json.dumps(asked).encode())
        except (ChildAwayError, ChildSilentError):
            msg = "No answer came in time."
            raise OutcomeUnknownError(msg) from None
        parsed: dict[str, Any] = json.loads(answer)
        return parsed


def _judge(answer: dict[str, Any]) -> None:
    match answer:
        case {"said": True}:
            return
        case {"said": None}:
            msg = "Apprise does not know what to do with this URL: see ./run check."
            raise UndeliverableError(msg, Cause.REJECTED)
        case {"status": HTTPStatus.GONE}:
            msg = "The target says that it is gone (410)."
            raise SendError(msg, trouble=Trouble.GONE)
        case {"status": int() as status}:
            msg = f"The target refused it ({status})."
            raise SendError(msg)
        case {"fault": str() as fault}:
            msg = f"The target's answer could not be read ({fault})."
            raise OutcomeUnknownError(msg)
        case _:
            msg = "The target did not take it, or did not answer in time."
            raise SendError(msg, trouble=Trouble.UNREACHABLE)
