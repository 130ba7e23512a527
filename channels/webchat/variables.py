"""The variables of the web chat."""

from typing import ClassVar

from config.channel_facts import ChannelFacts
from config.kinds import Color, Origins
from config.own_texts import TAKES, OwnTextGiven
from config.rules import ChannelRules
from config.variables.channel import ChannelVariables
from config.variables.setting import setting

FACTS = ChannelFacts(
    "webchat",
    title="Web chat",
    in_a_sentence="the web chat",
    icon="M4 5h16v11H12l-5 4v-4H4z",
    account_title="Site",
    shows_presence=True,
)


class WebChatVariables(ChannelVariables):
    """Variables of the web chat: allowed origins and looks."""

    facts: ClassVar[ChannelFacts] = FACTS

    webchat_allowed_origins: Origins = setting(
        (),
        "Sites that may embed the widget. Without it: `PUBLIC_URL`. Where that is `localhost` or"
        " another address of this machine alone, all its pages may, too.",
        "exact origins such as `https://www.example.com`, comma-separated; no `*`",
    )
    webchat_title: OwnTextGiven = setting("Chat with us", "The widget's title.", TAKES)
    webchat_greeting: OwnTextGiven | None = setting(
        None, "What the widget says first. Without it: a text of the visitor's language.", TAKES
    )
    webchat_color: Color = setting(
        "#0e6b58",
        "The widget's accent.",
        "a colour such as `#0e6b58` that stands out from white by 3:1 at least",
    )

    def rules(self) -> ChannelRules:
        """Say what the web chat demands: a stored message is a delivered one."""
        return ChannelRules(row_is_delivery=True, has_card=True)
