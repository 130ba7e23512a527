"""A process of its own that parses mails: `python -S -m bot.mail.parsing_process`.

A mail in, what it says out. It knows no secret, opens no file and no connection, and the kernel
ends it when a mail takes more time or memory than any honest one.
"""

import json
import resource
from dataclasses import asdict
from typing import Any

from bot.edge.child_loop import answer_requests
from bot.mail.inbound import UnreadableMailError, read_mail
from bot.mail.parsing_request import read_request

_MOST_SECONDS = 2
_LIMITS = {
    resource.RLIMIT_AS: 256 << 20,
    resource.RLIMIT_NOFILE: 16,  # a codec is a file
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_CORE: 0,
}
_TOO_LARGE = "mail needs too much memory"


def main() -> None:
    """Answer until nobody asks any more."""
    answer_requests(parse, _LIMITS, _MOST_SECONDS)


def parse(request: bytes) -> bytes:
    """Read a mail, and say as JSON what it says or why it can't be read."""
    raw, own = read_request(request)
    told: dict[str, Any]
    try:
        told = {"mail": asdict(read_mail(raw, own))}
    except UnreadableMailError as error:
        told = {"unreadable": error.reason}
    except MemoryError:
        told = {"unreadable": _TOO_LARGE}
    return json.dumps(told).encode()


if __name__ == "__main__":
    main()
