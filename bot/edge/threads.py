"""Threads of a web process, shared out by kind of work: one kind that is full stops no other."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any


class WorkKind(Enum):
    """Kinds of threaded work, each with its number of threads."""

    REST = "rest", 2
    HEALTH = "health", 2
    METRICS = "metrics", 1
    WEBHOOKS = "webhooks", 2
    CHAT = "chat", 4
    """The chat's page and its calls."""
    CATCHING_UP = "catching up", 2
    """Sockets that want what they have missed."""
    NEWS = "news", 2
    """What open sockets are told of."""
    FILES = "files", 2
    """What is uploaded and given away: bytes, and pictures that are made anew."""
    INBOX = "inbox", 4
    SIGN_IN = "sign in", 2
    """Passwords are compared slowly: a stranger's and a known browser's."""
    PROGRAMS = "programs", 2
    PAGES = "pages", 1

    def __init__(self, title: str, threads: int) -> None:
        self.title = title
        self.threads = threads


ALL_THREADS = sum(kind.threads for kind in WorkKind)
CURRENT_WORK = ContextVar("CURRENT_WORK", default=WorkKind.REST)
"""What the code that is running works at; `asyncio.to_thread` uses the threads of that kind."""


@contextmanager
def working_at(kind: WorkKind) -> Iterator[None]:
    """Use the threads of a kind for a while."""
    before = CURRENT_WORK.set(kind)
    try:
        yield
    finally:
        CURRENT_WORK.reset(before)


class WorkThreads(ThreadPoolExecutor):
    """A loop's default executor that runs each call on a thread for the kind of work it is."""

    def __init__(self) -> None:
        """Start no thread yet."""
        super().__init__(1)  # asyncio takes no other class; its own thread is never started
        self._pools = {kind: ThreadPoolExecutor(kind.threads, kind.title) for kind in WorkKind}

    def submit(
        self,
        fn: Callable[..., Any],
        /,
        *args: Any,  # noqa: ANN401 - as the base class has it
        **kwargs: Any,  # noqa: ANN401 - as the base class has it
    ) -> Future[Any]:
        """Queue a call behind others of its kind only."""
        return self._pools[CURRENT_WORK.get()].submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as the base class has it
        """End all threads."""
        for pool in self._pools.values():
            pool.shutdown(wait, cancel_futures=cancel_futures)
        super().shutdown(wait, cancel_futures=cancel_futures)
