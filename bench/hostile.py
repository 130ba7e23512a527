"""Honest visitors and agents while a hostile client does its worst: `python -m bench.hostile`.

All of Whosthere runs as in earnest. During each attack in turn twenty visitors and two agents go
on; each of their requests must be answered 2xx within a second, memory may grow by 150 MB and the
log by 100 lines. Where a bound is broken, the exit status is 1. Reads `/proc`: takes Linux.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.attacks import ATTACKS, DELIVERIES, Target, hostile_mails
from bench.honest import Plan
from bench.machine import describe, percentile, running_stores, say
from bench.memory import watching
from bench.webhooks import IN_DELIVERY, PAGE, SECRET
from bench.whole_system import AGENTS, MAIL_SECRET, PASSWORD, WholeSystem, running_system

VISITORS = 20
LONGEST, MOST_MEMORY, MOST_LINES = 1.0, 150.0, 100
HISTORY = 1_000
_WARM_UP, _QUIET, _AFTERMATH = 20.0, 15.0, 3.0
_MAILBOX_WITHIN = 100.0
_HEADS = "asked  slowest        p99   failed  memory (RSS)  log"
_TITLES = {
    "": "nobody attacks",
    "mails": "8 + 8 mails of hostile pages",
    "resume": "50 sockets resume",
    "unfinished": "100 unfinished bodies",
    "unsigned": "120 unsigned bodies of 4 MiB",
    "malformed": "10,000 malformed requests",
    "guesses": "100 guesses at passwords",
    "words": "signed deliveries of 4 MiB",
}


@dataclass(frozen=True)
class Answer:
    """How an honest request was answered."""

    started: float
    seconds: float
    kind: str
    status: int

    @property
    def is_good(self) -> bool:
        """Whether it was answered, and not refused."""
        return 200 <= self.status < 300  # noqa: PLR2004 - what 2xx means


@dataclass(frozen=True)
class Line:
    """What came of one attack."""

    name: str
    answers: Sequence[Answer]
    growth: float
    """Of the proportional set, in MB."""
    resident: float
    log_lines: int
    attacker: str
    lost: int
    """Messages of signed deliveries that were not stored."""

    @property
    def slowest(self) -> Answer:
        """The longest wait of an honest person."""
        return max(self.answers, key=lambda each: each.seconds)

    @property
    def failed(self) -> list[Answer]:
        """What was refused, or never answered."""
        return [each for each in self.answers if not each.is_good]

    @property
    def is_within_bounds(self) -> bool:
        """Whether all bounds have held."""
        return (
            not (self.failed or self.lost)
            and self.slowest.seconds < LONGEST
            and self.growth < MOST_MEMORY
            and self.log_lines < MOST_LINES
        )

    def _say_slow(self) -> str:
        slow = Counter(each.kind for each in self.answers if each.seconds >= LONGEST)
        counted = ", ".join(f"{count} x {kind}" for kind, count in slow.most_common())
        return f"{self.slowest.kind}" + (f" (too slow: {counted})" if counted else "")

    def __str__(self) -> str:
        """Write what is printed of it."""
        seconds = sorted(each.seconds for each in self.answers)
        verdict = "" if self.is_within_bounds else "  BROKEN"
        return (
            f"  {_TITLES[self.name]:<30} {len(seconds):5}  {self.slowest.seconds:6.3f} s"
            f"  {percentile(seconds, 99):6.3f} s  {len(self.failed):6}"
            f"  {self.growth:+6.0f} MB ({self.resident:+.0f})  {self.log_lines:5}{verdict}\n"
            f"      slowest: {self._say_slow()}; the attacker: {self.attacker}"
        )


def measure(engines: Sequence[str], attacks: Sequence[str]) -> bool:
    """Run all attacks on each engine; says whether all bounds have held."""
    lines: list[Line] = []
    with running_stores() as stores:
        say(f"{describe()}, load average {os.getloadavg()[0]:.1f}")
        for engine in engines:
            with tempfile.TemporaryDirectory() as name:
                directory, url = Path(name), stores.database_urls[engine]
                with running_system(directory, url, stores.redis_url) as system:
                    say(f"\n{engine}\n  {'':<30} {_HEADS}")
                    lines += _attack_all(system, attacks)
    return all(line.is_within_bounds for line in lines)


def _attack_all(system: WholeSystem, attacks: Sequence[str]) -> Iterator[Line]:
    target = Target(
        origin=system.origin,
        ticket=system.settle(HISTORY),
        app_secret=SECRET,
        page=PAGE,
        mail_secret=MAIL_SECRET,
        mail_address=system.become_reachable_by_mail(),
        agent=AGENTS[0],
    )
    with _honest_people(system) as told, watching(system.pids) as memory:
        time.sleep(_WARM_UP)
        before = memory.samples[-1]
        for name in ("", *attacks):
            started, logged = time.monotonic(), system.log_lines()
            attacker = _attack(system, target, name)
            time.sleep(_AFTERMATH)
            ended = time.monotonic()
            during = memory.between(started, ended)
            line = Line(
                name,
                _read_answers(told, started, ended),
                max(each.pss for each in during) - before.pss,
                max(each.rss for each in during) - before.rss,
                system.log_lines() - logged,
                attacker,
                DELIVERIES * IN_DELIVERY - system.count_delivered() if name == "words" else 0,
            )
            say(str(line))
            yield line


def _attack(system: WholeSystem, target: Target, name: str) -> str:
    if not name:
        time.sleep(_QUIET)
        return "nobody"
    if name == "mails":
        for mail in hostile_mails(target):
            system.mailbox.put(mail)
    started = time.monotonic()
    command = [sys.executable, "-m", "bench.attacks", name, json.dumps(asdict(target))]
    told = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own
    if told.returncode:
        sys.exit(told.stderr)
    details = ", ".join(told.stderr.splitlines())
    words = f"{told.stdout.strip()} in {time.monotonic() - started:.0f} s  {details}"
    if name == "mails":
        _wait_for_mailbox(system)
    return words


def _wait_for_mailbox(system: WholeSystem) -> None:
    end = time.monotonic() + _MAILBOX_WITHIN
    while len(system.mailbox.seen) < len(system.mailbox.mails) and time.monotonic() < end:
        time.sleep(0.5)


@contextmanager
def _honest_people(system: WholeSystem) -> Iterator[Path]:
    half = VISITORS // 2
    people = [(each, PASSWORD) for each in AGENTS]
    plan = Plan(system.origin, SECRET, PAGE, half, half, people)
    told = system.directory / "honest.json"
    with told.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-m", "bench.honest", json.dumps(asdict(plan))], stdout=file
        )
    try:
        yield told
    finally:
        process.terminate()
        process.wait()


def _read_answers(told: Path, start: float, end: float) -> list[Answer]:
    """Give the answers of a while; what is still awaited counts when it is answered."""
    found = [Answer(*json.loads(line)) for line in told.read_text().splitlines()]
    return [each for each in found if start <= each.started + each.seconds <= end]


def main(attacks: Sequence[str]) -> int:
    """Take the command line's names of engines and attacks; all of them if there are none."""
    engines = [each for each in ("SQLite", "PostgreSQL") if each in attacks or not attacks]
    chosen = [name for name in ATTACKS if name in attacks]
    return 0 if measure(engines or ["SQLite", "PostgreSQL"], chosen or [*ATTACKS]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
