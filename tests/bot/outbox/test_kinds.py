"""Every kind of work has all that belongs to one."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import bot.wiring.work  # noqa: F401 - imports every handler
from bot.outbox.contract import Handler, Tier
from bot.outbox.handlers.messages import MessageHandler
from bot.outbox.handlers.profiles import ProfileHandler
from bot.storage.outbox.rows import RECURRING, Work
from bot.web.inbox.admin.operations import TITLES


def handlers(base: type[Handler[Any]] = Handler) -> Iterator[type[Handler[Any]]]:
    for each in base.__subclasses__():
        if each.__module__.startswith("bot.") and hasattr(each, "kinds"):
            yield each
        yield from handlers(each)


def test_each_kind_has_one_handler() -> None:
    assert Counter(kind for each in handlers() for kind in each.kinds) == Counter(Work)


def test_kinds_that_recur_are_known_as_such() -> None:
    found = {kind for each in handlers() if each.retry.every for kind in each.kinds}
    assert found == RECURRING


def test_each_queue_has_a_title_on_the_operators_page() -> None:
    assert set(TITLES) == set(Work) - RECURRING


def test_handlers_that_are_looked_for_differently_stand_in_no_tier_together() -> None:
    with pytest.raises(ValueError, match="the same order"):
        Tier((MessageHandler({}), ProfileHandler({})))
