"""Does one piece of work outside, and says how it ended."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.delivery.claims import Claim
from bot.failpoints import failpoint
from bot.ports import (
    Found,
    OutcomeUnknownError,
    PeopleFinder,
    Profile,
    ProfileReader,
    Receipt,
    Sender,
    SendError,
    UndeliverableError,
)
from bot.storage.outbox.rows import Work

Done: TypeAlias = Receipt | Profile | Found
Outcome: TypeAlias = Done | SendError | UndeliverableError | OutcomeUnknownError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways out, by channel."""

    senders: Mapping[str, Sender]
    profiles: Mapping[str, ProfileReader]
    fingerprints: Mapping[tuple[str, str], str]
    """By channel and account, what tells a new credential from an old one."""
    people: Mapping[str, PeopleFinder] = field(default_factory=dict)


def attempt(claim: Claim, ways: Ways) -> Outcome:
    """Speak or look somebody up; blocks while it does. Errors are outcomes, not raised."""
    failpoint(f"worker.before_{claim.kind}")
    outcome = _outcome(claim, ways)
    failpoint(f"worker.after_{claim.kind}")
    return outcome


def _outcome(claim: Claim, ways: Ways) -> Outcome:
    try:
        return _attempt(claim, ways)
    except (SendError, UndeliverableError, OutcomeUnknownError) as error:
        return error
    except Exception:  # noqa: BLE001 - a fault of our own must not stop the others
        _log.exception("attempt failed by a fault of our own", extra={"kind": claim.kind})
        return OutcomeUnknownError("Something went wrong here while it was being sent.")


def _attempt(claim: Claim, ways: Ways) -> Done:
    if claim.kind is Work.FETCH_PROFILE:
        return ways.profiles[claim.place.channel].read_profile(claim.place)
    if claim.kind is Work.DELETE_PERSON:
        return Found(tuple(ways.people[claim.place.channel].find_places(claim.place)))
    if claim.outgoing is None:
        msg = f"nothing to send for {claim.kind}"
        raise ValueError(msg)
    return ways.senders[claim.place.channel].send(claim.place, claim.outgoing)
