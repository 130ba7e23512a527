"""Rows of the list alone: those that a signal named, and those that a page has not yet."""

import re

import pytest

from bot.core.model import ConversationId, Status, VisitorKey
from bot.desk.types import Actor, ConversationChanges
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import as_htmx, names, read, read_refusal
from tests.office import Office

JO = Actor("jo@shop.example", "Jo")
HTMX = as_htmx("/inbox")


@pytest.fixture
def talks(office: Office) -> list[ConversationId]:
    """Three visitors have written, a minute between them."""
    for name in ("ann", "bob", "cyd"):
        office.write(f"It is {name}", VisitorKey("webchat", "https://shop.example", name))
        office.pass_time(60)
    return [ConversationId(row["id"]) for row in office.rows("conversations")]


def shown(fragment: str) -> list[int]:
    """Name the conversations whose rows are written."""
    return [int(found) for found in re.findall(r'<li id="c(\d+)" data-unread', fragment)]


def same(fragment: str) -> list[int]:
    """Name the conversations whose rows are said to be as they were."""
    return [int(found) for found in re.findall(r'<li id="c(\d+)"></li>', fragment)]


def versions(fragment: str) -> dict[int, str]:
    found = re.findall(r'<li id="c(\d+)" [^>]*data-version="(\w+)"', fragment)
    return {int(one): version for one, version in found}


def places(fragment: str) -> dict[int, list[int]]:
    found = re.findall(r'<li id="c(\d+)" [^>]*data-place="([^"]+)"', fragment)
    return {int(one): [int(number) for number in place.split()] for one, place in found}


async def test_named_rows_come_alone_with_the_counts_and_only_if_they_belong(
    maya: Browser, talks: list[ConversationId]
) -> None:
    fragment = await read(maya, f"/inbox/rows?named={talks[0]}.{talks[2]}.999", **HTMX)
    assert sorted(shown(fragment)) == [talks[0], talks[2]]
    assert re.search(r'All <span class="n">3', fragment)
    maya.parts.desk.change(talks[0], 1, ConversationChanges(status=Status.CLOSED), JO)
    assert shown(await read(maya, f"/inbox/rows?named={talks[0]}", **HTMX)) == []
    closed = f"/inbox/rows?status=closed&named={talks[0]}"
    assert shown(await read(maya, closed, **HTMX)) == [talks[0]]


async def test_what_the_page_has_in_this_version_is_not_written_again(
    office: Office, maya: Browser, talks: list[ConversationId]
) -> None:
    known = versions(await read(maya, "/inbox/rows", **HTMX))
    asked = ".".join(f"{one}-{version}" for one, version in known.items())
    fragment = await read(maya, f"/inbox/rows?known={asked}", **HTMX)
    assert (shown(fragment), same(fragment)) == ([], talks[::-1])
    office.write("Hello?", VisitorKey("webchat", "https://shop.example", "bob"))
    fragment = await read(maya, f"/inbox/rows?known={asked}", **HTMX)
    assert (shown(fragment), same(fragment)) == ([talks[1]], [talks[2], talks[0]])


@pytest.mark.parametrize("order", ["newest", "waiting"])
async def test_pages_can_sort_rows_as_the_list_does(
    office: Office, maya: Browser, talks: list[ConversationId], order: str
) -> None:
    office.reply("Yes", VisitorKey("webchat", "https://shop.example", "bob"))
    office.write("Once more", VisitorKey("webchat", "https://shop.example", "ann"))
    found = places(await read(maya, f"/inbox/rows?order={order}", **HTMX))
    assert list(found) == sorted(found, key=lambda one: found[one])
    assert set(found) == set(talks)


@pytest.mark.parametrize("query", ["named=x", "known=x-1", "rows=x", "named=1.-1", "q=a%00b"])
async def test_what_cannot_be_read_is_422(maya: Browser, query: str) -> None:
    assert await read_refusal(maya, f"/inbox/rows?{query}", 422, **HTMX)


async def test_many_names_and_versions_are_cut_off(
    maya: Browser, talks: list[ConversationId]
) -> None:
    named = ".".join(str(one) for one in (*talks, *range(1_000, 1_900)))
    assert len(names(await read(maya, f"/inbox/rows?named={named}", **HTMX))) == 3


async def test_without_scripts_rows_are_the_page(maya: Browser) -> None:
    response = await maya.get("/inbox/rows?v=mine")
    assert (response.status, response.headers["Location"]) == (303, "/inbox?v=mine")
