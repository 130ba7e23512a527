"""The variables of the web chat."""

from pydantic import BaseModel

from config.kinds import Color, Origins
from config.variables.setting import setting


class WebChatVariables(BaseModel):
    """Where the widget may stand, and how it looks."""

    webchat_allowed_origins: Origins = setting(
        (),
        "Sites that may embed the widget. Without it: `PUBLIC_URL`.",
        "exact origins such as `https://www.example.com`, comma-separated; no `*`",
    )
    webchat_title: str = setting("Chat with us", "The widget's title.", "a text")
    webchat_greeting: str | None = setting(
        None, "What the widget says first. Without it: a text of the visitor's language.", "a text"
    )
    webchat_color: Color = setting(
        "#0e6b58",
        "The widget's accent.",
        "a colour such as `#0e6b58` that stands out from white by 3:1 at least",
    )
