"""The variables of telling the team."""

from pydantic import BaseModel

from config.kinds import NotifyUrls, Seconds
from config.notices import NoticeContent
from config.variables.setting import setting


class NoticeVariables(BaseModel):
    """Variables of notifications."""

    notify_urls: NotifyUrls = setting(
        (),
        "Where the team is told what happens, by Apprise: Slack, Teams, mail, Telegram, ….",
        "Apprise URLs such as `slack://…`, comma- or space-separated",
    )
    notify_content: NoticeContent = setting(
        NoticeContent.LINK,
        "What goes along: nothing but what happened, a link too, or a name and the visitor's words "
        "as well.",
        "`none`, `link` or `preview`",
    )
    notify_waiting_seconds: Seconds = setting(
        120, "After so long the team is told that a visitor waits.", "seconds, 0 to 604800"
    )
