"""Carrier pigeons before they are let out."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from bot.findings import Finding, attention, ok
from channels.base import Channel, ChannelRecords, Given, LetterReader, Recorded
from config.settings import Settings
from tests.pigeon.channel import PATH, PigeonChannel, Sky
from tests.pigeon.letters import PigeonLetters
from tests.pigeon.variables import PigeonVariables


@dataclass(frozen=True, slots=True)
class PigeonKind:
    """Opens the channel where a falconer may come."""

    sky: Sky = field(default_factory=Sky)
    variables = PigeonVariables

    def open(self, given: Given) -> Channel | None:
        """Open it; None: nobody may come."""
        is_connected = given.settings.of(PigeonVariables).is_connected
        return PigeonChannel(given, self.sky) if is_connected else None

    def letters(self, given: Given) -> LetterReader | None:
        """Read leaves of paper."""
        return PigeonLetters(given.settings.of(PigeonVariables).pigeon_lofts)

    def dress(self, given: Given, body: bytes) -> Recorded:
        """Let the falconer bring it."""
        key = given.settings.of(PigeonVariables).pigeon_key
        shown = {"X-Falconer": key.get_secret_value() if key else ""}
        return Recorded(PATH, shown, "Coo", is_for_another=b'"loft"' not in body)

    def accounts(self, settings: Settings) -> Collection[str]:
        """List the lofts."""
        return settings.of(PigeonVariables).pigeon_lofts

    def check(self, given: Given, records: ChannelRecords) -> Iterator[Finding]:
        """Look into each loft."""
        for loft in given.settings.of(PigeonVariables).pigeon_lofts:
            yield from records.states.get(loft, ())
            visitor = (records.visitors or {}).get(loft)
            seen = (
                f"The newest pigeon has ring {visitor.external_id}." if visitor else "It is empty."
            )
            yield (ok if visitor else attention)(f"loft {loft}", seen)
