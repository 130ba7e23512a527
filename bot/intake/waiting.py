"""The queue of intake: requests in order, and the groups that share a transaction."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.arrivals import Arrival, Fault, Taken
from bot.core.model import VisitorKey

GROUP_SIZE = 1_000
GROUP_BYTES = 192 * 1024
"""As much is written well within the time limit of a statement, whatever is to be indexed: of words
that are all new PostgreSQL takes a tenth of a second of processor time, at worst, to index these.
"""
# what waits beside another group before there is one more: each costs as much as five events
_REQUESTS_WORTH_A_GROUP = 30
_EVENTS_WORTH_A_GROUP = 100


@dataclass(slots=True, eq=False)
class Request:
    """A request's arrivals, answered together."""

    channel: str
    arrivals: Sequence[Arrival]
    faults: Sequence[Fault]
    places: set[VisitorKey]
    size: int
    """In bytes."""
    deadline: float
    """In the event loop's time."""
    done: asyncio.Future[list[Taken | None]]
    goes_alone: bool = False
    """A lock on more than a visitor's row held the group up: others must not wait."""


@dataclass(slots=True, eq=False)
class Group:
    """Requests that share a transaction."""

    requests: list[Request] = field(default_factory=list)
    events: int = 0
    size: int = 0
    late_at: float = 0.0
    """When others need no longer wait for it, in the event loop's time."""

    def add(self, request: Request) -> None:
        """Take one more."""
        self.requests.append(request)
        self.events += len(request.arrivals)
        self.size += request.size

    def has_room_for(self, request: Request) -> bool:
        """Whether the request may share the group's transaction."""
        if not self.requests:
            return True
        if request.goes_alone or self.requests[0].goes_alone:
            return False
        return fits_a_group(self.events + len(request.arrivals), self.size + request.size)


class WaitingQueue:
    """Requests in their order; what one visitor does stays in it."""

    def __init__(self) -> None:
        self._waiting: deque[Request] = deque()
        self._events = 0
        self._busy: set[VisitorKey] = set()

    def add(self, request: Request) -> None:
        """Let a request wait for its turn."""
        self._waiting.append(request)
        self._events += len(request.arrivals)

    def put_back(self, requests: Sequence[Request]) -> None:
        """Let requests that were taken be the next ones."""
        self._waiting.extendleft(reversed(requests))
        self._events += sum(len(request.arrivals) for request in requests)
        self.release(requests)

    def release(self, requests: Iterable[Request]) -> None:
        """Let others of the same visitors go: these are stored, or given up."""
        for request in requests:
            self._busy -= request.places

    def take_late(self, now: float, places: set[VisitorKey]) -> list[Request]:
        """Take out what has waited too long for one of these visitors."""
        late = {
            one for one in self._waiting if one.deadline < now and not one.places.isdisjoint(places)
        }
        return self._take_out(late)

    def take_all(self) -> list[Request]:
        """Take out everything that waits."""
        return self._take_out(set(self._waiting))

    def _take_out(self, some: set[Request]) -> list[Request]:
        taken = [request for request in self._waiting if request in some]
        self._waiting = deque(request for request in self._waiting if request not in some)
        self._events -= sum(len(request.arrivals) for request in taken)
        return taken

    def is_worth_a_group(self) -> bool:
        """Say whether so much waits that it is worth a group beside another one."""
        return (
            len(self._waiting) >= _REQUESTS_WORTH_A_GROUP or self._events >= _EVENTS_WORTH_A_GROUP
        )

    def take_group(self) -> Group:
        """Take what may go now; who has something under way waits until it is stored."""
        group, blocked, staying = Group(), set(self._busy), list[Request]()
        while self._waiting and group.has_room_for(self._waiting[0]):
            request = self._waiting.popleft()
            if request.places.isdisjoint(blocked):
                group.add(request)
            else:
                blocked |= request.places
                staying.append(request)
        self._waiting.extendleft(reversed(staying))
        self._events -= group.events
        self._busy = self._busy.union(*(request.places for request in group.requests))
        return group


def size_of(arrivals: Sequence[Arrival]) -> int:
    """Say how many bytes came, about as many as are to be written."""
    if len(arrivals) == 1:
        return len(arrivals[0].raw)
    return sum([len(arrival.raw) for arrival in arrivals])


def fits_a_group(events: int, size: int) -> bool:
    """Say whether so much may share a transaction."""
    return events <= GROUP_SIZE and size <= GROUP_BYTES


def portions(arrivals: Sequence[Arrival]) -> Iterator[tuple[Sequence[Arrival], int]]:
    """Split what is too much for one group; gives the bytes of each part as well."""
    start = size = 0
    for end, arrival in enumerate(arrivals):
        one = len(arrival.raw)
        if end > start and not fits_a_group(end - start + 1, size + one):
            yield arrivals[start:end], size
            start, size = end, 0
        size += one
    yield arrivals[start:], size
