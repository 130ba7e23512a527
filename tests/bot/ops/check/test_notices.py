"""What a check says of the ways by which the team and programs are told."""

from bot.mail.ways import MAIL_SERVER, MAILBOX
from bot.storage.outbox.stops import Stop, StopCause, begin_stop
from bot.storage.team.webhook_endpoints import EndpointState, add_endpoint, switch_endpoint
from config.notices import name_of
from tests.bot.ops.check.conftest import Check, about
from tests.environment import CANARY, LONG_CANARY
from tests.factories import NOON
from tests.office import Office

LOCAL = "needs attention: Links in notices lead to this machine only."


def test_nobody_who_would_be_told_is_worth_a_word(check: Check) -> None:
    [said] = about("notifications", check())
    assert said.startswith("needs attention: No channel of the team's is told")


def test_each_url_is_looked_at_and_none_is_shown(check: Check) -> None:
    urls = f"json://hooks.example.com/{CANARY} slack://{CANARY}"
    findings = check(NOTIFY_URLS=urls)
    assert about("notifications 1 (json)", findings) == ["ok: Apprise can read it."]
    assert about("notifications 2 (slack)", findings) == [
        "broken: Apprise can't read this URL of NOTIFY_URLS."
    ]
    assert about("notifications", findings) == [LOCAL]
    assert CANARY not in repr(findings)


def test_links_that_the_team_can_follow_are_no_matter(check: Check) -> None:
    findings = check(NOTIFY_URLS="json://x.example.com", PUBLIC_URL="https://chat.example.com")
    assert about("notifications", findings) == []


def test_every_way_that_is_stopped_is_broken_since_then(
    check: Check, office: Office, migrated_url: str
) -> None:
    url = "json://hooks.example.com/team"
    keys = {
        "notification target 1 (json)": ("notify", name_of(url)),
        "the mail server (SMTP_URL)": MAIL_SERVER,
        "the mailbox (INBOUND_IMAP_URL)": MAILBOX,
        "webhook 3": ("webhook", "endpoint:3"),
    }
    with office.database.write() as connection:
        for key in keys.values():
            begin_stop(connection, Stop(*key, StopCause.GONE, "No (410).", NOON), None)
    findings = check(NOTIFY_URLS=url, DATABASE_URL=migrated_url, SECRET_KEY=LONG_CANARY)
    for subject in keys:
        since = f"{NOON:%Y-%m-%d %H:%M}"
        assert about(subject, findings) == [f"broken: Stopped since {since} UTC: No (410)."]


def test_programs_are_looked_at(check: Check, office: Office, migrated_url: str) -> None:
    with office.database.write() as connection:
        well = add_endpoint(connection, "https://a.example.com", "whsec_x", ["x"], NOON)
        gone = add_endpoint(connection, "https://b.example.com", "whsec_x", ["x"], NOON)
        quiet = add_endpoint(connection, "https://c.example.com", "whsec_x", ["x"], NOON)
        switch_endpoint(connection, gone, EndpointState.OFF, NOON, "Gone (410).")
        switch_endpoint(connection, quiet, EndpointState.OFF, NOON)
    findings = check(DATABASE_URL=migrated_url, SECRET_KEY=LONG_CANARY)
    assert about(f"webhook {well}", findings) == ["ok: It is on."]
    assert about(f"webhook {gone}", findings) == ["broken: It was switched off: Gone (410)."]
    assert about(f"webhook {quiet}", findings) == []
    assert "whsec_x" not in repr(findings)
