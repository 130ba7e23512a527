"""The variables of asking for an email."""

from pydantic import BaseModel

from config.kinds import HolidaysText, HoursText, Names, PageUrl, Seconds, ZoneName
from config.own_texts import TAKES, Locale, OwnTextGiven
from config.rules import Availability, ConsentMode, Timing
from config.variables.setting import setting


class CaptureVariables(BaseModel):
    """Variables of capture and availability."""

    capture_enabled: bool = setting(
        default=True,
        what="Whether unknown visitors are asked for an email.",
        accepts="`true` or `false`",
    )
    capture_channels: Names | None = setting(
        None,
        "The channels on which they are asked. Without it: every configured channel.",
        "names of channels, comma-separated",
    )
    capture_timing: Timing = setting(
        Timing.NO_REPLY, "When they are asked.", "`immediately` or `no_reply`"
    )
    capture_delay_seconds: Seconds = setting(
        60, "How long an agent has to reply first; used by `no_reply`.", "seconds, 0 to 604800"
    )
    capture_message: OwnTextGiven | None = setting(
        None, "The question. Without it: the default text of the language.", TAKES
    )
    availability: Availability = setting(
        Availability.ALWAYS,
        "What decides whether the team is there; under `agents` somebody must be available and "
        "have the inbox open.",
        "`always`, `business_hours`, `agents` or `away`",
    )
    business_hours: HoursText = setting(
        "Mon-Fri 09:00-17:00",
        "When the team is there, under `business_hours`; several by commas, over midnight allowed.",
        "such as `Mon-Fri 09:00-17:00, Sat 10:00-14:00`",
    )
    holidays: HolidaysText = setting(
        "",
        "Days on which the team is away, or away but for the hours beside them; under "
        "`business_hours`.",
        "such as `2026-12-25, 2026-12-24 09:00-12:00`",
    )
    timezone: ZoneName = setting(
        "UTC", "The time zone of `BUSINESS_HOURS`.", "an IANA name such as `Europe/Rome`"
    )
    away_message: OwnTextGiven | None = setting(
        None, "Shown once for each time the team is away. Without it: a default text.", TAKES
    )
    locale: Locale = setting(
        "en",
        "The language of the built-in texts where the visitor's is unknown.",
        "`en`, `it`, `de`, `fr`, `es`, `pt` or `nl`",
    )


class AddressVariables(BaseModel):
    """Variables of captured addresses and consent."""

    own_email_domains: Names = setting(
        (),
        "Our own domains: an address there is never captured, nor is one that our mails come from"
        " or that answers go to.",
        "domains, comma-separated",
    )
    consent_mode: ConsentMode = setting(
        ConsentMode.OFF,
        "What goes with the question for an email, on every channel: nothing, a notice, or a"
        " consent without which no address is kept.",
        "`off`, `notice` or `required`",
    )
    privacy_url: PageUrl | None = setting(
        None,
        "The page that says what is done with addresses: linked beside the chat's card, and in the"
        " question where consent is asked for.",
        "a URL that begins with `https://` or `http://`",
    )
