"""The variables of carrier pigeons."""

from datetime import timedelta
from typing import ClassVar

from pydantic import SecretStr

from config.channel_facts import ChannelFacts
from config.kinds import Names
from config.rules import ChannelRules
from config.variables.channel import ChannelVariables
from config.variables.setting import setting

NAME = "pigeon"


class PigeonVariables(ChannelVariables):
    """Our lofts, and who may bring pigeons there."""

    facts: ClassVar[ChannelFacts] = ChannelFacts(
        NAME,
        title="Carrier pigeon",
        in_a_sentence="carrier pigeon",
        icon="M2 12c4-6 9-6 12-2l8-3-5 9H8z",
        account_title="Loft",
        longest_part=120,
        window="three days",
        credential_advice="Feed the pigeons.",
    )

    pigeon_key: SecretStr | None = setting(None, "What the falconer shows.", "a text")
    pigeon_lofts: Names = setting((), "The lofts that are served.", "names, comma-separated")

    @property
    def is_connected(self) -> bool:
        """Whether a falconer may come."""
        return self.pigeon_key is not None

    def rules(self) -> ChannelRules:
        """Say what pigeons demand: after three days they have forgotten the way."""
        return ChannelRules(timedelta(days=3), has_profiles=True)
