"""Log lines: for people on a terminal, JSON elsewhere. Whatever is logged is a constant phrase."""

import logging
import sys
import traceback

import structlog

from bot.runtime.foreign_logs import SafeHandler, hush_warnings
from config.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Send all loggers of this process to standard error in the chosen form."""
    form = settings.log_format or ("console" if sys.stderr.isatty() else "json")
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if form == "console"
        else structlog.processors.JSONRenderer()
    )
    handler = SafeHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _tell_where,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    logging.getLogger("alembic").setLevel(logging.WARNING)
    hush_warnings()


def _tell_where(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Write an exception's class and places; its words may quote a token, a text or an address."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        places = traceback.format_tb(error.__traceback__)
        event["exception"] = f"{''.join(places)}{type(error).__qualname__}"
    return event
