"""The visitors of a group of arrivals: who is known, who is new, and what arrivals tell of them."""

from dataclasses import dataclass

from bot.apply import fresh_conversation
from bot.core.arrivals import Arrival
from bot.core.model import OF_THE_TEAM, Assurance, VisitorKey
from bot.storage.outbox.rows import OutboxRow, Work
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState
from config.rules import CaptureRules


@dataclass(frozen=True, slots=True)
class Visitors:
    """The states of visitors by their keys; those who are new join them."""

    batch: Batch
    rules: CaptureRules
    states: dict[VisitorKey, VisitorState]

    def meet(self, arrival: Arrival) -> VisitorState:
        """Give the visitor's state, a new one for a stranger; it will be saved."""
        place = arrival.place
        if state := self.states.get(place):
            _learn_address(state, arrival.answer_to)
            self.batch.touch(state)
            return state
        state = VisitorState(place, created_at=self.batch.now, answer_to=arrival.answer_to)
        state.guest = True if arrival.is_guest else None
        self.states[place] = state
        self.batch.touch(state)
        self._order_profile(state)
        return state

    def identify(self, arrival: Arrival, former_id: str) -> None:
        """File a visitor under another id from now on, unless somebody is known by it."""
        place = arrival.place
        former = VisitorKey(place.channel, place.account, former_id)
        if former not in self.states or place in self.states:
            return
        state = self.states.pop(former)
        state.place, state.guest, state.visitor_changed = place, None, True
        self.states[place] = state
        _learn_address(state, arrival.answer_to)
        self.batch.touch(state)
        self._order_profile(state)

    def _order_profile(self, state: VisitorState) -> None:
        if state.guest or not self.rules.for_channel(state.place.channel).has_profiles:
            return
        now = self.batch.now
        self.batch.add_order(OutboxRow(Work.FETCH_PROFILE, state, due_at=now, created_at=now))


def learn_language(state: VisitorState, locale: str | None) -> None:
    """Remember the language that a visitor's channel tells."""
    if not locale:
        return
    known = state.conversation or fresh_conversation(state.place.channel)
    if locale != known.locale:
        state.conversation = known._replace(locale=locale)


def learn_zone(state: VisitorState, zone: str | None) -> None:
    """Remember the time zone that a visitor's browser tells."""
    if not zone:
        return
    known = state.conversation or fresh_conversation(state.place.channel)
    if zone != known.zone:
        state.conversation = known._replace(zone=zone)


def assurance_of(state: VisitorState) -> Assurance | None:
    """Say how sure it is that the visitor's address is the writer's own."""
    talk = state.conversation
    if talk and talk.proved_email:
        return Assurance.VERIFIED
    is_given = talk and talk.email and talk.email_source not in OF_THE_TEAM
    return Assurance.CLAIMED if is_given else None


def _learn_address(state: VisitorState, answer_to: str | None) -> None:
    if answer_to and answer_to != state.answer_to:
        state.answer_to, state.visitor_changed = answer_to, True
