"""The variables of Messenger."""

import json
from datetime import timedelta
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from channels.meta.parts import LONGEST_PART
from config.channel_facts import ChannelFacts
from config.halves import Half
from config.kinds import Secrets
from config.rules import ChannelRules
from config.variables.channel import ChannelVariables
from config.variables.setting import setting

WINDOW = timedelta(hours=24)
"""How long after a visitor's last sign of life Meta lets a page write."""

CONSOLE = "In Meta's console, your app, Messenger API settings"
FACTS = ChannelFacts(
    "messenger",
    title="Messenger",
    in_a_sentence="Messenger",
    icon=(
        "M12 4c-4.700 0-8.500 3.400-8.500 7.700 0 2.300 1.100 4.300 2.800 5.700V21l3-1.70"
        "0c.9.200 1.800.3 2.700.3 4.700 0 8.500-3.400 8.500-7.800S16.700 4 12 4zM7.500 13"
        ".500l3-3 2.500 2 3.500-2.800"
    ),
    account_title="Page",
    longest_part=LONGEST_PART,
    window="24 hours",
    credential_advice=f"{CONSOLE}: generate a token for this page, and put it into"
    " MESSENGER_PAGES.",
    blocked_advice="On Facebook, as the page, open its Support Inbox and Page quality: there it"
    " says why, and how to have it reviewed.",
    deaf_advice=f"{CONSOLE}, at this page: add subscriptions, and tick at least messages.",
)


def _check_graph(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError
    if parts.query or parts.fragment:
        raise ValueError
    return url


def _read_json(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except RecursionError:
        raise ValueError from None


def _check_pages(value: object) -> object:
    pages = _read_json(value)
    if not isinstance(pages, dict) or not all(
        isinstance(token, str) and token for token in pages.values()
    ):
        raise ValueError
    return pages


def _check_texts(value: object) -> object:
    texts = _read_json(value)
    if not isinstance(texts, list | tuple) or not all(
        isinstance(text, str) and text.strip() for text in texts
    ):
        raise ValueError
    return texts


Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_check_texts)]
Pages = Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_check_pages)]
GraphUrl = Annotated[str, AfterValidator(_check_graph)]

_UNSIGNED = "nothing that Meta delivers could be told from a forgery"
_HALVES = (
    Half("messenger_app_secret", ("messenger_verify_token",), "Meta's handshake would be refused"),
    *(
        Half(given, ("messenger_app_secret",), _UNSIGNED)
        for given in ("messenger_verify_token", "messenger_pages", "messenger_app_id")
    ),
)


class MessengerVariables(ChannelVariables):
    """The operator's app at Meta, and its pages."""

    facts: ClassVar[ChannelFacts] = FACTS
    halves: ClassVar[tuple[Half, ...]] = _HALVES

    messenger_app_secret: Secrets = setting(
        (),
        "Signs Meta's webhooks; a list rotates. Messenger is off without it.",
        "comma-separated texts",
    )
    messenger_verify_token: SecretStr | None = setting(
        None, "What Meta's webhook handshake must show.", "a text of your own"
    )
    messenger_pages: Pages = setting(
        {},
        "The pages that are served.",
        'a JSON object: `{"<page id>": "<page access token>"}`',
    )
    messenger_app_id: str | None = setting(
        None, "Tells our own echoes from other apps'.", "the app's id"
    )
    messenger_graph_url: GraphUrl = setting(
        "https://graph.facebook.com", "Where Graph calls go.", "a URL"
    )
    messenger_graph_version: Annotated[str, Field(pattern=r"^v?\d+\.\d+$")] = setting(
        "v25.0", "The version of the Graph API.", "such as `v25.0`"
    )
    messenger_automatic_texts: Texts = setting(
        (),
        "The page's own instant replies and away messages, which answer nobody.",
        'a JSON list of texts: `["Thanks for writing!"]`',
    )

    @property
    def is_connected(self) -> bool:
        """Whether Meta's signatures can be checked."""
        return bool(self.messenger_app_secret)

    def rules(self) -> ChannelRules:
        """Say what Messenger demands."""
        return ChannelRules(WINDOW, away_joins_prompt=True, has_profiles=True, lends_files=True)
