"""Says in the visitor's language, and in its time zone, when the team is back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.hours import back_at
from bot.core.languages import InEachLanguage, language_of
from bot.core.model import Conversation
from config.rules import CaptureRules

_WEEK = 7


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The form of days and hours in one language."""

    today: str
    """With `{time}`, as the next two."""
    tomorrow: str
    on: str
    """With `{day}` too: a weekday, or a day of a month."""
    date: str
    """With `{day}` and `{month}`."""
    weekdays: str
    months: str


_EN: Final = _Calendar(
    "We are back today at {time}.",
    "We are back tomorrow at {time}.",
    "We are back on {day} at {time}.",
    "{day} {month}",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "January February March April May June July August September October November December",
)
_IT: Final = _Calendar(
    "Torniamo oggi alle {time}.",
    "Torniamo domani alle {time}.",
    "Torniamo {day} alle {time}.",
    "il {day} {month}",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
)
_DE: Final = _Calendar(
    "Wir sind heute um {time} Uhr wieder da.",
    "Wir sind morgen um {time} Uhr wieder da.",
    "Wir sind am {day} um {time} Uhr wieder da.",
    "{day}. {month}",
    "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
)
_FR: Final = _Calendar(
    "Nous serons de retour aujourd'hui à {time}.",
    "Nous serons de retour demain à {time}.",
    "Nous serons de retour {day} à {time}.",
    "le {day} {month}",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)
_ES: Final = _Calendar(
    "Volvemos hoy a las {time}.",
    "Volvemos mañana a las {time}.",
    "Volvemos el {day} a las {time}.",
    "{day} de {month}",
    "lunes martes miércoles jueves viernes sábado domingo",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
_PT: Final = _Calendar(
    "Voltamos hoje às {time}.",
    "Voltamos amanhã às {time}.",
    "Voltamos {day} às {time}.",
    "a {day} de {month}",
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
)
_NL: Final = _Calendar(
    "We zijn vandaag om {time} uur terug.",
    "We zijn morgen om {time} uur terug.",
    "We zijn {day} om {time} uur terug.",
    "op {day} {month}",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
_CALENDARS: Final = InEachLanguage(_EN, _IT, _DE, _FR, _ES, _PT, _NL)


def say_back(conversation: Conversation, at: datetime, rules: CaptureRules) -> str | None:
    """Say when the team is there again; None: it is there, or nobody can tell when."""
    moment = back_at(rules, at)
    if moment is None or rules.hours is None:
        return None
    zone = _zone(conversation.zone) or rules.hours.zone
    calendar = _CALENDARS.of(language_of(conversation.locale, rules.locale))
    return _say(calendar, moment.astimezone(zone), at.astimezone(zone))


def _say(calendar: _Calendar, moment: datetime, now: datetime) -> str:
    time = f"{moment:%H:%M}".removeprefix("0")
    days = (moment.date() - now.date()) // timedelta(days=1)
    match days:
        case 0:
            return calendar.today.format(time=time)
        case 1:
            return calendar.tomorrow.format(time=time)
        case _ if days < _WEEK:
            return calendar.on.format(day=calendar.weekdays.split()[moment.weekday()], time=time)
        case _:
            month = calendar.months.split()[moment.month - 1]
            day = calendar.date.format(day=moment.day, month=month)
            return calendar.on.format(day=day, time=time)


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, KeyError):
        return None
