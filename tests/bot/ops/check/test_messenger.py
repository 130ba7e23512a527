"""What a check says of Messenger, asked over the wire."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import VisitorKey
from bot.storage.database.engine import Database
from bot.storage.outbox.accounts import AccountState, lock_account, save_account
from bot.storage.outbox.stops import Stop, StopCause, begin_stop
from bot.storage.tables import visitors
from channels.messenger.profile import NO_ACCESS
from channels.meta.doctor import NEEDED_FIELDS
from tests.bot.ops.check.conftest import Check, about
from tests.environment import CANARY, LONG_CANARY
from tests.factories import NOON
from tests.fake_graph import FakeGraph
from tests.graph_behaviours import PROFILES, SENDS, Behaviour, answer, refuse
from tests.office import Office

PAGE, APP, SUBJECT = "1234", "777", "page 1234"
TOKEN, SECRET = f"EAAG-{CANARY}", f"secret-{CANARY}"
OURS: dict[str, object] = {"id": APP, "subscribed_fields": sorted(NEEDED_FIELDS)}
SOON, A_MONTH = NOON + timedelta(days=3), NOON + timedelta(days=30)
NOBODY_YET = "ok: Nobody is known yet whose profile could be read."
IDENTITY = "ok: The token belongs to it, 'A page'."
WHOLE_TOKEN = "ok: The token has all permissions and does not end."  # noqa: S105 - words
SUBSCRIBED = "ok: It tells our app everything that is needed."
NOT_ACCEPTED = "broken: Meta does not accept the token, or not with this MESSENGER_APP_SECRET."


@pytest.fixture
def environment(fake_graph: FakeGraph) -> dict[str, str]:
    """All is set, here and at Meta's."""
    fake_graph.app_secret = SECRET
    fake_graph.subscriptions = [{"id": "1", "subscribed_fields": []}, OURS]
    return {
        "MESSENGER_APP_SECRET": f"{SECRET},older",
        "MESSENGER_VERIFY_TOKEN": f"verify-{CANARY}",
        "MESSENGER_APP_ID": APP,
        "MESSENGER_PAGES": json.dumps({PAGE: TOKEN}),
        "MESSENGER_GRAPH_URL": fake_graph.url,
    }


@pytest.fixture
def stored(environment: dict[str, str], migrated_url: str) -> dict[str, str]:
    """The same, with a database."""
    return environment | {"DATABASE_URL": migrated_url, "SECRET_KEY": LONG_CANARY}


def facts(**changes: object) -> dict[str, object]:
    known = {
        "app_id": APP,
        "type": "PAGE",
        "profile_id": PAGE,
        "is_valid": True,
        "expires_at": 0,
        "scopes": ["pages_messaging", "pages_manage_metadata"],
    }
    return {"data": known | changes}


def test_a_page_that_is_well_is_said_to_be(check: Check, environment: dict[str, str]) -> None:
    findings = check(**environment)
    assert about("messenger", findings) == [
        "ok: App secret, verify token, app id and pages are set."
    ]
    assert about(SUBJECT, findings) == [WHOLE_TOKEN, IDENTITY, SUBSCRIBED, NOBODY_YET]
    assert CANARY not in repr(findings)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "ok: It is not configured; the simulator stands in for it."),
        ({"DEMO": "false"}, "needs attention: It is not configured."),
    ],
)
def test_messenger_may_be_off(check: Check, given: dict[str, str], said: str) -> None:
    assert about("messenger", check(**given)) == [said]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (
            "MESSENGER_APP_ID",
            "needs attention: MESSENGER_APP_ID is not set: tokens and subscriptions go unchecked.",
        ),
        ("MESSENGER_PAGES", "broken: MESSENGER_PAGES is not set: no page is served."),
    ],
)
def test_each_part_that_is_missing_is_named(
    check: Check, environment: dict[str, str], missing: str, said: str
) -> None:
    del environment[missing]
    assert about("messenger", check(**environment)) == [said]


def test_without_an_app_id_what_can_be_asked_is_asked(
    check: Check, environment: dict[str, str]
) -> None:
    del environment["MESSENGER_APP_ID"]
    assert about(SUBJECT, check(**environment)) == [IDENTITY, NOBODY_YET]


def test_a_dead_token_is_broken(
    check: Check, environment: dict[str, str], fake_graph: FakeGraph
) -> None:
    fake_graph.dead_tokens.add(TOKEN)
    findings = check(**environment)
    assert about(SUBJECT, findings) == [
        "broken: The token is not valid, or not any more.",
        NOT_ACCEPTED,
    ]
    assert CANARY not in repr(findings)  # N07: Graph's own words quote the token


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (facts(is_valid=False), ["broken: The token is not valid, or not any more."]),
        (facts(expires_at=1), ["broken: The token is not valid, or not any more."]),
        (facts(type="USER"), ["broken: The token is not a page's."]),
        (facts(app_id="9"), ["broken: The token was made for another app."]),
        (facts(scopes=["pages_messaging"]), ["broken: The token lacks pages_manage_metadata."]),
        (
            facts(expires_at=int(SOON.timestamp())),
            [f"needs attention: The token ends on {SOON:%Y-%m-%d}."],
        ),
        (
            facts(expires_at=int(A_MONTH.timestamp())),
            [f"ok: The token has all permissions and ends on {A_MONTH:%Y-%m-%d}."],
        ),
        (facts(), [WHOLE_TOKEN]),
    ],
)
def test_what_is_wrong_with_a_token_is_said(
    check: Check,
    environment: dict[str, str],
    fake_graph: FakeGraph,
    told: dict[str, object],
    said: list[str],
) -> None:
    fake_graph.answers["debug_token"] = answer(told)
    assert about(SUBJECT, check(**environment)) == [*said, IDENTITY, SUBSCRIBED, NOBODY_YET]


def test_an_app_id_that_does_not_fit_is_said_once(
    check: Check, environment: dict[str, str], fake_graph: FakeGraph
) -> None:
    fake_graph.dead_tokens.add(f"{APP}|{SECRET}")
    environment["MESSENGER_PAGES"] = json.dumps({PAGE: TOKEN, "5678": TOKEN})
    findings = check(**environment)
    assert about("messenger", findings)[1:] == [
        "broken: Meta does not accept MESSENGER_APP_ID with (the first) MESSENGER_APP_SECRET."
    ]
    assert about(SUBJECT, findings) == [IDENTITY, SUBSCRIBED, NOBODY_YET]


def test_a_wrong_secret_is_not_blamed_on_the_token_alone(
    check: Check, environment: dict[str, str], fake_graph: FakeGraph
) -> None:
    fake_graph.app_secret = "another"  # noqa: S105 - so that no proof is right
    assert about(SUBJECT, check(**environment)) == [NOT_ACCEPTED]


def test_a_token_of_another_page_is_broken(check: Check, environment: dict[str, str]) -> None:
    environment["MESSENGER_PAGES"] = json.dumps({"5678": TOKEN})
    assert "broken: The token belongs to page 1234 ('A page')." in about(
        "page 5678", check(**environment)
    )


def test_a_page_name_does_nothing_to_the_terminal(
    check: Check, environment: dict[str, str], fake_graph: FakeGraph
) -> None:
    fake_graph.answers["me"] = answer({"id": PAGE, "name": "A\x1b[31m\npage"})
    findings = check(**environment)
    assert r"ok: The token belongs to it, 'A\x1b[31m\npage'." in about(SUBJECT, findings)


def test_graph_may_not_say_whose_a_token_is(
    check: Check, environment: dict[str, str], fake_graph: FakeGraph
) -> None:
    fake_graph.answers["me"] = refuse(100)
    assert "needs attention: Graph does not say whose the token is." in about(
        SUBJECT, check(**environment)
    )


@pytest.mark.parametrize(
    ("apps", "said"),
    [
        ([], ["broken: It does not tell our app of messages."]),
        ([{**OURS, "id": "9"}], ["broken: It does not tell our app of messages."]),
        (
            [{"id": APP, "subscribed_fields": sorted(NEEDED_FIELDS - {"standby"})}],
            ["needs attention: It does not tell our app everything."],
        ),
        (
            [{"id": APP, "subscribed_fields": sorted(NEEDED_FIELDS - {"messages"})}],
            ["broken: It does not tell our app of messages."],
        ),
        (
            [{"id": APP, "subscribed_fields": ["standby"]}],
            [
                "broken: It does not tell our app of messages.",
                "needs attention: It does not tell our app everything.",
            ],
        ),
    ],
)
def test_what_a_page_keeps_from_us_is_said(
    check: Check,
    environment: dict[str, str],
    fake_graph: FakeGraph,
    apps: list[dict[str, object]],
    said: list[str],
) -> None:
    fake_graph.subscriptions = apps
    assert about(SUBJECT, check(**environment)) == [WHOLE_TOKEN, IDENTITY, *said, NOBODY_YET]


def test_the_fields_to_tick_are_named(
    check: Check, environment: dict[str, str], fake_graph: FakeGraph
) -> None:
    fake_graph.subscriptions = [
        {"id": APP, "subscribed_fields": sorted(NEEDED_FIELDS - {"standby", "message_edits"})}
    ]
    [advice] = [f.advice for f in check(**environment) if f.words.endswith("everything.")]
    assert advice.endswith("add subscriptions, and tick message_edits, standby.")


def test_subscriptions_that_may_not_be_read_are_broken(
    check: Check, environment: dict[str, str], fake_graph: FakeGraph
) -> None:
    fake_graph.answers[PAGE] = refuse(200)
    assert about(SUBJECT, check(**environment)) == [
        WHOLE_TOKEN,
        IDENTITY,
        "broken: The token may not read the subscriptions.",
        NOBODY_YET,
    ]


@pytest.mark.parametrize(
    "trouble",
    [
        (PROFILES["DROP"], "broken: Graph does not answer."),
        (SENDS["HTML502"], "broken: Graph does not answer."),
        (SENDS["RATE"], "needs attention: Facebook is limiting how much this page may send."),
        (
            SENDS["BLOCKED368"],
            "needs attention: Facebook has blocked this page from sending for a time.",
        ),
        (SENDS["TRANSIENT"], "needs attention: Facebook could not take this just now."),
    ],
)
@pytest.mark.parametrize("question", ["debug_token", "me", PAGE])
def test_a_graph_in_trouble_is_asked_no_more(
    check: Check,
    environment: dict[str, str],
    fake_graph: FakeGraph,
    question: str,
    trouble: tuple[Behaviour, str],
) -> None:
    how, said = trouble
    fake_graph.answers[question] = how
    findings = check(**environment)
    assert about(SUBJECT, findings)[-1] == said
    assert fake_graph.requests[-1].node == question
    assert CANARY not in repr(findings)


def test_a_graph_that_is_nowhere_is_broken(check: Check, environment: dict[str, str]) -> None:
    environment["MESSENGER_GRAPH_URL"] = "http://127.0.0.1:1"
    findings = check(**environment)
    assert about(SUBJECT, findings) == ["broken: Graph does not answer."]
    assert CANARY not in repr(findings)


@pytest.mark.parametrize(
    ("visitor", "said"),
    [
        ("ann", "ok: Visitors' profiles may be read."),
        ("NOPROFILE", "ok: Visitors' profiles may be read."),
        ("NOACCESS", f"needs attention: {NO_ACCESS}"),
        ("TRANSIENT", "needs attention: Facebook could not take this just now."),
        ("user_ref:5", "ok: Visitors' profiles may be read."),
    ],
)
def test_the_newest_visitor_shows_whether_profiles_may_be_read(
    check: Check, stored: dict[str, str], office: Office, visitor: str, said: str
) -> None:
    office.write(place=VisitorKey("messenger", PAGE, "AAA"))
    office.write(place=VisitorKey("messenger", "another", "ann"))
    office.write(place=VisitorKey("messenger", PAGE, visitor))
    assert about(SUBJECT, check(**stored))[-1] == said


def test_a_visitor_without_a_profile_of_its_own_shows_nothing(
    check: Check, stored: dict[str, str], office: Office
) -> None:
    office.write(place=VisitorKey("messenger", PAGE, "user_ref:5"))
    with office.database.write() as connection:
        connection.execute(visitors.update().values(guest=True))
    assert about(SUBJECT, check(**stored))[-1] == NOBODY_YET


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (AccountState.OK, []),
        (AccountState.PROBING, ["needs attention: After trouble, one message is tried."]),
        (
            AccountState.PAUSED,
            [f"needs attention: Sending pauses until {NOON:%Y-%m-%d %H:%M} UTC: Too much."],
        ),
    ],
)
def test_what_workers_have_found_out_is_said_first(
    check: Check, stored: dict[str, str], database: Database, state: AccountState, said: list[str]
) -> None:
    with database.write() as connection:
        account = lock_account(connection, "messenger", PAGE, NOON)
        paused = replace(account, state=state, until=NOON, reason="Too much.")
        save_account(connection, paused, NOON)
    assert about(SUBJECT, check(**stored))[: len(said) + 1] == [*said, WHOLE_TOKEN]


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (StopCause.CREDENTIALS, f"broken: Stopped since {NOON:%Y-%m-%d %H:%M} UTC: Too much."),
        (StopCause.SILENT, "needs attention: Too much."),
    ],
)
def test_each_stop_of_a_page_is_said_first(
    check: Check, stored: dict[str, str], database: Database, cause: StopCause, said: str
) -> None:
    with database.write() as connection:
        begin_stop(connection, Stop("messenger", PAGE, cause, "Too much.", NOON), None)
    assert about(SUBJECT, check(**stored))[:2] == [said, WHOLE_TOKEN]
