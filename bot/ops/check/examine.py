"""Looks at everything an installation needs, one finding after the other."""

from collections.abc import Iterator
from datetime import datetime

from bot.findings import Finding, broken, ok
from bot.ops.check.channels import check_channels
from bot.ops.check.database import Records, check_database
from bot.ops.check.exposure import check_exposure
from bot.ops.check.files import check_files
from bot.ops.check.mail import check_mails
from bot.ops.check.notices import check_notices
from bot.ops.check.queue import check_queue
from bot.ops.check.stops import ask_for_looks, check_stops
from bot.ops.check.team import check_team
from bot.ops.check.wishes import check_address, check_capture
from bot.runtime.secret import has_kept_secret, secret_keys
from config.settings import Settings, SettingsError


def examine(settings: Settings, now: datetime, *, profiles: bool = True) -> Iterator[Finding]:
    """Look from the ground up; the settings could be read, or there would be none.

    With `profiles`, somebody's profile is asked for, to see whether that may be done; and workers
    look at what is stopped.
    """
    yield ok("configuration", "Every variable can be read.")
    yield _check_secret(settings)
    records = Records()
    yield from check_database(settings, records, now)
    if profiles and records.stops:
        ask_for_looks(settings, now)
    if not profiles:
        records.visitors = None
    yield from check_queue(settings, now)
    yield from check_team(settings, records)
    yield from check_address(settings)
    yield from check_exposure(settings, records)
    yield from check_capture(settings)
    yield from check_channels(settings, records, now)
    yield from check_mails(settings)
    yield from check_files(settings)
    yield from check_notices(settings, records)
    yield from check_stops(settings, records)


def _check_secret(settings: Settings) -> Finding:
    is_embedded = not settings.secret_key and not settings.database_url
    if is_embedded and not has_kept_secret(settings):
        return ok("secret key", "It is kept in DATA_DIR, from the first start on.")
    try:
        secret_keys(settings)
    except SettingsError as error:
        return broken("secret key", str(error))
    return ok("secret key", "It is kept in DATA_DIR." if is_embedded else "There is one.")
