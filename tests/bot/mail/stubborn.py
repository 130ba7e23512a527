"""A parser of mails that some of them stop for good: `python -m tests.bot.mail.stubborn`."""

import time

from bot.edge.child_loop import answer_requests
from bot.mail.parsing_process import parse


def main() -> None:
    answer_requests(_answer, {}, seconds=1)


def _answer(raw: bytes) -> bytes:
    while b"spin" in raw:
        pass
    if b"sleep" in raw:
        time.sleep(60)
    return parse(raw)


if __name__ == "__main__":
    main()
