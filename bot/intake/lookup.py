"""Looks up what is stored already of whom and what a group of arrivals names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.arrivals import Arrival, EchoSeen, VisitorIdentified
from bot.core.events import VisitorEdited, VisitorUnsent, VisitorWrote
from bot.core.model import VisitorKey
from bot.storage.conversations.owners import find_homes_later
from bot.storage.database.bulk import Reserved, allocate_later, together
from bot.storage.visitors.batch import RaceLostError
from bot.storage.visitors.dedupe import Known, KnownSend, find_known, find_sends, find_texts
from bot.storage.visitors.visitor_states import VisitorState, lock_places_later, lock_visitor_states


@dataclass(frozen=True, slots=True)
class Lookup:
    """The stored state that arrivals refer to; its locks are held until the transaction ends."""

    threads: dict[VisitorKey, VisitorState]
    known: Known
    sends: dict[int, KnownSend]
    """By the outbox id that an echo brings back."""
    texts: dict[str, str]
    """What messages say, by provider key, that are to be edited or taken back."""
    reserved: Reserved
    """Ids for what will be written."""
    arrivals: Sequence[Arrival]
    """With the places of the visitors for whom browsers speak now."""


def look_up(connection: sa.Connection, arrivals: Sequence[Arrival]) -> Lookup:
    """Lock the visitors that exist, then read what is theirs."""
    places = keys_of(arrivals)
    keys = {key for arrival in arrivals if (key := provider_key(arrival))}
    counts = _most_rows(len(places), len(arrivals))
    browsers = {arrival.browser for arrival in arrivals if arrival.browser}
    with together(connection):
        threads = lock_places_later(connection, places)
        known = find_known(connection, keys, places)
        homes = find_homes_later(connection, browsers) if browsers else None
        ids = allocate_later(connection, counts)
    there = homes() if homes else {}
    if homes:
        arrivals = [_bring_home(arrival, there) for arrival in arrivals]
    held = threads()
    if missed := keys_of(arrivals) - places:
        held |= lock_visitor_states(connection, missed)
        _check_homes(connection, there, browsers)
    sends = find_sends(connection, _echoed_sends(arrivals))
    texts = find_texts(connection, _changed_messages(arrivals))
    return Lookup(held, known(), sends, texts, Reserved(counts, ids()), arrivals)


def _check_homes(
    connection: sa.Connection,
    homes: Mapping[VisitorKey, VisitorKey],
    browsers: Collection[VisitorKey],
) -> None:
    """Raise RaceLostError if an address was proved while we waited for its conversation."""
    with together(connection):
        now = find_homes_later(connection, browsers)
    if now() != homes:
        raise RaceLostError


def _bring_home(arrival: Arrival, homes: Mapping[VisitorKey, VisitorKey]) -> Arrival:
    """Let a browser speak for the visitor whose conversation it reads by now."""
    browser = arrival.browser
    return arrival._replace(place=homes.get(browser, browser)) if browser else arrival


def keys_of(arrivals: Sequence[Arrival]) -> set[VisitorKey]:
    """Name the visitors that arrivals are about, by their former ids as well."""
    places = {arrival.place for arrival in arrivals}
    places |= _former_places(arrivals)
    return places


def _most_rows(places: int, arrivals: int) -> dict[str, int]:
    """Guess how many rows there will be, as if all were strangers who write."""
    return {
        "visitors": places,
        "conversations": places,
        "messages": arrivals,
        "outbox": 2 * arrivals + 1,
    }


def provider_key(arrival: Arrival) -> str | None:
    """Make the key of the message that an arrival is, or is about, unique among all accounts."""
    place, key = arrival.place, arrival.message_key
    return f"{place.channel}/{place.account}/{key}" if key else None


def key_of_quoted(arrival: Arrival, report: VisitorWrote | EchoSeen) -> str | None:
    """Make the key of the message that an arrival replies to."""
    place = arrival.place
    return f"{place.channel}/{place.account}/{report.reply_to}" if report.reply_to else None


def _former_places(arrivals: Sequence[Arrival]) -> set[VisitorKey]:
    return {
        VisitorKey(arrival.place.channel, arrival.place.account, arrival.report.former_id)
        for arrival in arrivals
        if isinstance(arrival.report, VisitorIdentified)
    }


def _echoed_sends(arrivals: Sequence[Arrival]) -> set[int]:
    return {
        arrival.report.outbox_id
        for arrival in arrivals
        if isinstance(arrival.report, EchoSeen) and arrival.report.outbox_id
    }


def _changed_messages(arrivals: Sequence[Arrival]) -> set[str]:
    return {
        key
        for arrival in arrivals
        if isinstance(arrival.report, (VisitorEdited, VisitorUnsent))
        and (key := provider_key(arrival))
    }
