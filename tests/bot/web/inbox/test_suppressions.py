"""The page of addresses that get no mails: for admins alone, and each can be lifted."""

import pytest

from bot.storage.mails.suppressions import Reason, Signal, Silence, forget_addresses, suppress
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import read
from tests.factories import ADA, BOB
from tests.office import Office

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
PAGE = "/inbox/suppressions"


def silence(office: Office) -> None:
    with office.database.write() as connection:
        returned = Reason(Silence.BOUNCED, Signal.RETURN, "5.1.1")
        suppress(connection, ADA, returned, office.now, ADA)
        unsubscribed = Reason(Silence.UNSUBSCRIBED, Signal.LINK)
        suppress(connection, BOB, unsubscribed, office.now, BOB)
        forget_addresses(connection, {BOB}, office.now)


async def test_an_admin_sees_who_gets_no_mails_and_why(jonas: Browser, office: Office) -> None:
    assert "every address gets mails" in await read(jonas, PAGE)
    silence(office)
    page = await read(jonas, PAGE)
    for words in (ADA, "a mail came back (5.1.1)", "Mails come back", "Not kept in clear"):
        assert words in page
    assert BOB not in page


async def test_an_admin_lifts_an_address(jonas: Browser, office: Office) -> None:
    silence(office)
    for said in ("lifted", "gone"):
        chosen = office.rows("suppressions", email=ADA) or [{"email_hash": "0" * 64}]
        response = await jonas.post(f"{PAGE}/{chosen[0]['email_hash']}/lift")
        assert response.headers["Location"] == f"{PAGE}?said={said}"
    assert [row["email"] for row in office.rows("suppressions")] == [None]
    audit = office.rows("audit")[-1]
    assert (audit["action"], audit["detail"]) == ("suppression.lifted", {"was": "bounced"})


async def test_an_agent_who_is_no_admin_lifts_nothing(maya: Browser, office: Office) -> None:
    silence(office)
    [row] = office.rows("suppressions", email=ADA)
    assert (await maya.get(PAGE)).status == 403
    assert (await maya.post(f"{PAGE}/{row['email_hash']}/lift")).status == 403
    assert office.count("suppressions") == 2
