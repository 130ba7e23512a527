"""What a check says of settings that do not fit together."""

import pytest

from tests.bot.ops.check.conftest import Check, about

MESSENGER = {
    "MESSENGER_APP_SECRET": "secret",
    "MESSENGER_VERIFY_TOKEN": "token",
    "MESSENGER_APP_ID": "777",
}


TURNED_AWAY = (
    "broken: PUBLIC_URL names this machine only, so what other services deliver is turned away."
)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "ok: This server is http://localhost:8080."),
        (
            MESSENGER,
            TURNED_AWAY,
        ),
        (
            MESSENGER | {"PUBLIC_URL": "https://127.0.0.1"},
            TURNED_AWAY,
        ),
        (
            MESSENGER | {"PUBLIC_URL": "http://chat.example.com"},
            "needs attention: PUBLIC_URL is not https, and Meta calls no other.",
        ),
        (
            MESSENGER | {"PUBLIC_URL": "https://chat.example.com"},
            "ok: Meta's callback URL is https://chat.example.com/webhooks/messenger.",
        ),
    ],
)
def test_meta_must_be_able_to_call(check: Check, environment: dict[str, str], said: str) -> None:
    assert about("address", check(**environment)) == [said]


TOO_LONG = "CAPTURE_MESSAGE is too long for one message on Messenger: it arrives in parts."
NO_POLICY = (
    "Under CONSENT_MODE=required visitors read nowhere what is done with addresses: PRIVACY_URL is"
    " not set."
)
NEVER_USED = "CAPTURE_MESSAGE is never used: under AVAILABILITY=away the default text is asked."
ALL_IS_WELL = "ok: Unknown visitors are asked on messenger and webchat."


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, ALL_IS_WELL),
        ({"CAPTURE_MESSAGE": "?" * 1_900}, ALL_IS_WELL),
        ({"CAPTURE_DELAY_SECONDS": "86400", "CAPTURE_TIMING": "immediately"}, ALL_IS_WELL),
        ({"CAPTURE_CHANNELS": "webchat"}, "ok: Unknown visitors are asked on webchat."),
        (
            {"CAPTURE_ENABLED": "false", "CAPTURE_MESSAGE": "?" * 5_000},
            "needs attention: Nobody is asked for an email: CAPTURE_ENABLED is false.",
        ),
        (
            {"CAPTURE_CHANNELS": ","},
            "needs attention: Nobody is asked for an email: CAPTURE_CHANNELS is empty.",
        ),
        (
            MESSENGER | {"CAPTURE_CHANNELS": "webchat"},
            "needs attention: Nobody is asked on Messenger: it is not in CAPTURE_CHANNELS.",
        ),
        (
            {"CAPTURE_MESSAGE": "Your email? " * 200},
            f"needs attention: {TOO_LONG}",
        ),
        (
            {"CAPTURE_MESSAGE": "Your email?", "AVAILABILITY": "away"},
            f"needs attention: {NEVER_USED}",
        ),
        (
            {"CONSENT_MODE": "required"},
            f"needs attention: {NO_POLICY}",
        ),
        (
            {"CONSENT_MODE": "notice", "PRIVACY_URL": "https://shop.example/privacy"},
            ALL_IS_WELL,
        ),
        (
            {"CAPTURE_DELAY_SECONDS": "86400"},
            "needs attention: Messenger lets nobody be asked later than 24 hours after a message.",
        ),
    ],
)
def test_wishes_that_can_not_come_true_are_noticed(
    check: Check, environment: dict[str, str], said: str
) -> None:
    assert about("capture", check(**environment)) == [said]
