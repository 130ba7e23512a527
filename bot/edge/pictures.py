"""Has pictures made anew in a process of its own, so that none of them stops or fills ours."""

import json
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.files import FileRefusal, FileRefusedError
from bot.edge.child_process import ChildAwayError, ChildProcess, ChildSilentError
from bot.edge.picture_request import asked
from bot.ports.errors import UnavailableError

_ARGUMENTS = ("-m", "bot.edge.picture_process")
_PATIENCE = timedelta(seconds=20)
_IDLE = timedelta(minutes=1)
_MOST_OF_AN_ANSWER = 64 << 20
_REFUSALS = {
    "too_many_pixels": FileRefusal.TOO_MANY_PIXELS,
    "unreadable": FileRefusal.UNREADABLE,
}


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture made anew: upright, with nothing but its pixels."""

    content_type: str
    width: int
    height: int
    body: bytes = field(repr=False)


def _child() -> ChildProcess:
    return ChildProcess(
        _ARGUMENTS, _PATIENCE, idle=_IDLE, environment={}, most_of_answer=_MOST_OF_AN_ANSWER
    )


@dataclass(frozen=True, slots=True)
class PictureMaker:
    """Makes pictures anew, one after the other; blocks, up to many seconds for a hostile one."""

    child: ChildProcess = field(default_factory=_child)

    def renew(self, content_type: str, body: bytes) -> NewPicture:
        """Make a picture anew; raises FileRefusedError, or UnavailableError while it can't be."""
        try:
            head, _, written = self.child.ask(asked(content_type, body)).partition(b"\n")
        except ChildSilentError:  # it was ended: no honest picture needs so much
            raise FileRefusedError(FileRefusal.TOO_MANY_PIXELS) from None
        except ChildAwayError:
            msg = "pictures can't be decoded now"
            raise UnavailableError(msg) from None
        told = json.loads(head)
        if "refused" in told:
            raise FileRefusedError(_REFUSALS[told["refused"]])
        return NewPicture(told["type"], told["width"], told["height"], written)

    def stop(self) -> None:
        """Break off what is under way."""
        self.child.stop()

    def close(self) -> None:
        """End the process."""
        self.child.close()
