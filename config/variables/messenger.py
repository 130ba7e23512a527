"""The variables of Messenger."""

from typing import Annotated

from pydantic import BaseModel, Field, SecretStr

from config.kinds import GraphUrl, Pages, Secrets
from config.variables.setting import setting


class MessengerVariables(BaseModel):
    """The operator's app at Meta, and its pages."""

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
