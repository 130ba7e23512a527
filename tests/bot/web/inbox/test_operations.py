"""The operators' page: who may see it, what it shows, and letters that are settled once."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot.core.arrivals import Fault
from bot.storage.operations.checkup import KeptFinding, save_checkup
from bot.storage.outbox.accounts import Account, AccountState, lock_account, save_account
from bot.storage.outbox.rows import Work
from bot.storage.visitors.batch import Batch
from bot.web.app import Parts
from tests.bot.web.inbox.browsers import Browser, open_inbox
from tests.bot.web.inbox.pages import words
from tests.bot.web.inbox.test_stops import stop_page
from tests.office import ANN, BEN, PAGE, Office
from tests.orders import order

HERE = "/inbox/operations"
SAID = {
    "object": "page",
    "entry": [
        {
            "id": PAGE,
            "messaging": [
                {
                    "sender": {"id": "7001002003004005"},
                    "recipient": {"id": PAGE},
                    "timestamp": 1_772_366_400_123,
                    "message": {"mid": "m_1", "text": "Hello again"},
                }
            ],
        }
    ],
}


@pytest.fixture
def parts(office: Office, redis_url: str) -> Parts:
    pages = json.dumps({PAGE: "a page token"})
    return open_inbox(office, redis_url, messenger_app_secret="secret", messenger_pages=pages)  # noqa: S106 - nobody's


def bury(office: Office, raw: bytes = b"<xml/>") -> int:
    with office.database.write() as connection:
        batch = Batch(connection, office.now)
        batch.add_fault("messenger", Fault(raw, "not_an_envelope", PAGE))
        batch.save()
    return int(office.rows("dead_letters")[-1]["id"])


async def text(browser: Browser, path: str = HERE) -> str:
    response = await browser.get(path)
    assert response.status == 200
    return await response.text()


async def test_only_admins_see_it_or_settle_letters(maya: Browser, office: Office) -> None:
    letter = bury(office)
    assert (await maya.get(HERE)).status == 403
    for act in (f"letters/{letter}/retry", f"letters/{letter}/discard", "check"):
        assert (await maya.post(f"{HERE}/{act}")).status == 403
    assert office.rows("dead_letters")[0]["state"] == "open"


async def test_it_counts_who_was_asked_and_what_became_of_them(
    jonas: Browser, office: Office
) -> None:
    assert "Nobody was asked" in await text(jonas)
    for place in (ANN, BEN):
        office.write(place=place)
    office.pass_time(61)
    office.work()
    office.write("ann@example.com", ANN)
    page = await text(jonas)
    assert "<td>2</td><td>1 <small>50 %</small></td><td>1 <small>50 %</small></td>" in page
    assert f"{office.now.hour:02d}:00 2 asked, 1 answered, 1 contacts." in page


async def test_a_page_that_has_stopped_says_why(jonas: Browser, office: Office) -> None:
    stopped = Account("messenger", PAGE, AccountState.STOPPED, "The page's token is not good.")
    with office.database.write() as connection:
        lock_account(connection, "messenger", PAGE, office.now)
        save_account(connection, stopped, office.now)
    page = await text(jonas)
    assert "Stopped" in page
    assert "The page&#39;s token is not good." in page


async def test_a_stop_can_be_looked_at_again_at_once(jonas: Browser, office: Office) -> None:
    stop_page(office)
    page = words(await text(jonas))
    assert f"Stopped the page {PAGE} on Messenger since 12:00 The token is dead." in page
    assert "Looked at again at 12:01." in page
    key = {"channel": "messenger", "account": PAGE}
    answer = await jonas.post("/inbox/operations/looks", key)
    assert "A worker looks now" in words(await answer.text())
    [look] = office.rows("outbox", kind="look")
    assert look["due_at"] == office.now
    answer = await jonas.post("/inbox/operations/looks", {**key, "account": "2002"})
    assert "It is not stopped" in words(await answer.text())


def keep(office: Office, *findings: KeptFinding) -> None:
    with office.database.write() as connection:
        save_checkup(connection, findings, office.now)


async def test_what_a_worker_found_is_shown_with_the_worst_first(
    jonas: Browser, office: Office
) -> None:
    assert "No worker has looked yet." in words(await text(jonas))
    keep(
        office,
        KeptFinding("ok", "redis", "It answers.", ""),
        KeptFinding("needs attention", "capture", "Nobody is asked.", "Set <it>."),
        KeptFinding("broken", "page 1001", "The token is not valid.", "Make another one."),
    )
    office.pass_time(240)
    page = await text(jonas)
    assert (
        "What ./run check says, as a worker found it 4 min ago. Check now"
        " Broken page 1001 The token is not valid. Make another one."
        " Check capture Nobody is asked. Set <it>."
        " 1 of 3 things looked at are well Works redis It answers."
    ) in words(page)
    assert "overdue" not in page


async def test_a_look_that_is_overdue_is_said_to_be(jonas: Browser, office: Office) -> None:
    keep(office, KeptFinding("ok", "redis", "It answers.", ""))
    office.pass_time(1_801)
    assert "The next look is overdue: does a worker run?" in await text(jonas)


async def test_a_look_can_be_asked_for(jonas: Browser, office: Office) -> None:
    page = await (await jonas.post(f"{HERE}/check")).text()
    assert "No worker can be told to look" in page
    with office.database.write() as connection:
        due_at = office.now + timedelta(minutes=9)
        order(connection, Work.WATCH, "watch", office.now, due_at=due_at)
    page = await (await jonas.post(f"{HERE}/check")).text()
    assert "A worker looks now" in page
    assert office.rows("outbox", kind="watch")[0]["due_at"] == office.now


async def test_a_letter_shows_its_reason_and_never_what_it_says(
    jonas: Browser, office: Office
) -> None:
    bury(office, b"<script>secret</script>")
    page = await text(jonas)
    assert "not_an_envelope" in page
    assert "23 bytes" in page
    assert "secret" not in page


async def test_a_letter_that_still_fails_stays_and_says_so(jonas: Browser, office: Office) -> None:
    letter = bury(office)
    page = await (await jonas.post(f"{HERE}/letters/{letter}/retry")).text()
    assert f"Dead letter {letter}: still open" in page
    assert office.rows("dead_letters")[0]["state"] == "open"


async def test_retry_pressed_ten_times_is_one_redo(jonas: Browser, office: Office) -> None:
    letter = bury(office, json.dumps(SAID).encode())
    answers = await asyncio.gather(
        *(jonas.post(f"{HERE}/letters/{letter}/retry") for _ in range(10))
    )
    assert {answer.status for answer in answers} == {200}
    assert office.count("messages") == 1
    assert [row["action"] for row in office.rows("audit", actor=jonas_email(jonas))].count(
        "dead_letter.retried"
    ) == 1


async def test_a_discarded_letter_is_gone_and_the_audit_knows_by_whom(
    jonas: Browser, office: Office
) -> None:
    letter = bury(office)
    page = await (await jonas.post(f"{HERE}/letters/{letter}/discard")).text()
    assert "There are none." in page
    assert office.rows("dead_letters")[0]["raw"] == b""
    [entry] = office.rows("audit", action="dead_letter.discarded")
    assert (entry["actor"], entry["detail"]) == (jonas_email(jonas), {"letter": letter})


async def test_a_letter_that_never_was_is_no_fault(jonas: Browser) -> None:
    page = await (await jonas.post(f"{HERE}/letters/404/retry")).text()
    assert "there is no such open letter" in page
    assert (await jonas.post(f"{HERE}/letters/{2**70}/retry")).status == 404


def jonas_email(browser: Browser) -> str:
    assert browser.agent
    return browser.agent.email
