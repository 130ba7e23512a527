"""How variables are read: their defaults, what they take, and how they refuse."""

import traceback
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.wiring.settings import KINDS
from channels import VARIABLES as VARIABLES_OF_CHANNELS
from config.rules import Hours, OpenRange
from config.settings import Settings, SettingsError
from config.variables.mails import MAIL_HALVES
from tests.config.variables import OTHER_HALVES, VARIABLES, Variable
from tests.environment import CANARY, LONG_CANARY, SetUp

REFUSALS = [
    pytest.param(variable, bad, id=f"{variable.name}-{number}")
    for variable in VARIABLES
    for number, bad in enumerate(variable.bad)
]
_by_name = pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)

MESSENGER = {"MESSENGER_APP_SECRET": "s", "MESSENGER_VERIFY_TOKEN": "v"}


def value_of(settings: Settings, name: str) -> object:
    kinds = (settings, *settings.channel_variables)
    return next(getattr(kind, name) for kind in kinds if hasattr(kind, name))


def test_no_variable_is_left_out_here() -> None:
    fields = {name: field for kind in KINDS for name, field in kind.model_fields.items()}
    ours = {name for name, field in fields.items() if not field.exclude}
    assert {variable.field for variable in VARIABLES} == ours


@_by_name
def test_without_being_set_each_has_its_default(set_up: SetUp, variable: Variable) -> None:
    assert value_of(set_up(), variable.field) == variable.default


@_by_name
def test_an_empty_value_is_none(set_up: SetUp, variable: Variable) -> None:
    assert value_of(set_up(**{variable.name: ""}), variable.field) == variable.default


@_by_name
def test_each_takes_what_it_should(set_up: SetUp, variable: Variable) -> None:
    settings = set_up(**OTHER_HALVES.get(variable.name, {}), **{variable.name: variable.good})
    assert value_of(settings, variable.field) == variable.becomes


@pytest.mark.parametrize(("variable", "bad"), REFUSALS)
def test_a_bad_value_is_one_line_that_names_the_variable_and_never_the_value(
    set_up: SetUp, variable: Variable, bad: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        set_up(**{variable.name: bad})
    line = str(caught.value)
    assert line.startswith(f"{variable.name}: not usable; it takes ")
    assert line.splitlines() == [line]
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN"),
        ("MESSENGER_VERIFY_TOKEN", "MESSENGER_APP_SECRET"),
        ("MESSENGER_PAGES", "MESSENGER_APP_SECRET"),
        ("MESSENGER_APP_ID", "MESSENGER_APP_SECRET"),
        ("SMTP_URL", "EMAIL_FROM"),
        ("EMAIL_FROM", "SMTP_URL"),
        ("INBOUND_EMAIL_ADDRESS", "INBOUND_IMAP_URL or INBOUND_EMAIL_SECRET"),
        ("INBOUND_IMAP_URL", "INBOUND_EMAIL_ADDRESS"),
        ("INBOUND_EMAIL_SECRET", "INBOUND_EMAIL_ADDRESS"),
    ],
)
def test_a_half_stops_the_start_in_one_line_that_names_the_other(
    set_up: SetUp, given: str, missing: str
) -> None:
    [good] = [each.good for each in VARIABLES if each.name == given]
    with pytest.raises(SettingsError) as caught:
        set_up(**{given: good})
    line = str(caught.value)
    assert line.startswith(f"{missing}: not set, though {given} is; ")
    assert line.splitlines() == [line]
    assert good not in line


def test_every_half_is_in_the_table_above() -> None:
    halves = [*MAIL_HALVES, *(half for kind in VARIABLES_OF_CHANNELS for half in kind.halves)]
    assert {half.given.upper() for half in halves} == set(OTHER_HALVES)


@pytest.mark.parametrize(
    ("name", "whole_world"),
    [
        ("WEBCHAT_ALLOWED_ORIGINS", "*"),
        ("WEBCHAT_ALLOWED_ORIGINS", "https://shop.example,https://*"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,::/0"),
        ("TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1"),
        ("TRUSTED_PROXIES", "::ffff:0:0/96"),
    ],
)
def test_the_whole_world_is_neither_embedded_nor_trusted(
    set_up: SetUp, name: str, whole_world: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: not usable"):
        set_up(**{name: whole_world})


def test_no_secret_shows_where_settings_are_printed(set_up: SetUp) -> None:
    settings = set_up(
        DATABASE_URL=f"postgresql://ann:{CANARY}@db/shop",
        REDIS_URL=f"redis://:{CANARY}@cache",
        SECRET_KEY=LONG_CANARY,
        API_TOKENS=f"{LONG_CANARY},{LONG_CANARY}",
        MESSENGER_APP_SECRET=CANARY,
        MESSENGER_VERIFY_TOKEN=CANARY,
        MESSENGER_PAGES=f'{{"1": "{CANARY}"}}',
        SMTP_URL=f"smtp://ann:{CANARY}@post",
        EMAIL_FROM="chat@shop.example",
        INBOUND_EMAIL_ADDRESS="reply@shop.example",
        INBOUND_IMAP_URL=f"imaps://ann:{CANARY}@post",
        INBOUND_EMAIL_SECRET=LONG_CANARY,
    )
    shown = (repr(settings), str(settings), settings.model_dump_json(), repr(vars(settings)))
    assert [text for text in shown if CANARY in text] == []


def test_a_file_in_the_working_folder_counts_but_the_environment_wins(
    set_up: SetUp, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=7000\nLOCALE=it\nSOMETHING_ELSE=1\n")
    settings = set_up(PORT="9000")
    assert (settings.port, settings.locale) == (9000, "it")


def test_a_file_that_is_no_text_is_one_line_too(set_up: SetUp, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff" + CANARY.encode())
    with pytest.raises(SettingsError) as caught:
        set_up()
    assert str(caught.value) == ".env: not usable; it must be readable, and UTF-8 text."


def test_what_is_not_set_does_not_count_as_set(set_up: SetUp) -> None:
    assert set_up().model_fields_set == set()
    assert set_up(PORT="8080").model_fields_set == {"port"}


def test_everything_is_kept_in_the_data_folder_by_default(set_up: SetUp, tmp_path: Path) -> None:
    assert set_up().database == f"sqlite:///{tmp_path / 'var' / 'whosthere.sqlite3'}"


def test_links_lead_to_the_local_port_by_default(set_up: SetUp) -> None:
    assert set_up(PORT="9000").public_origin == "http://localhost:9000"


@pytest.mark.parametrize(
    ("environment", "enabled"),
    [
        ({}, True),
        ({"HOST": "0.0.0.0"}, False),  # noqa: S104 - only a text here
        ({"HOST": "::1", "PUBLIC_URL": "http://127.0.0.1:9000"}, True),
        ({"PUBLIC_URL": "http://shop.localhost:8080"}, True),
        ({"PUBLIC_URL": "https://chat.example.com"}, False),
        ({"PUBLIC_URL": "https://localhost.example.com"}, False),
        ({"PUBLIC_URL": "http://192.168.1.7:8080"}, False),
        ({"PUBLIC_URL": "https://chat.example.com", "DEMO": "true"}, True),
        ({"HOST": "0.0.0.0", "DEMO": "true"}, True),  # noqa: S104 - only a text here
        ({**MESSENGER}, False),
        ({**MESSENGER, "DEMO": "true"}, True),
        ({"DEMO": "false"}, False),
    ],
)
def test_the_demo_is_for_who_only_looks_around(
    set_up: SetUp, environment: dict[str, str], *, enabled: bool
) -> None:
    assert set_up(**environment).demo_enabled is enabled


def test_the_core_gets_the_wishes_as_rules(set_up: SetUp) -> None:
    rules = set_up(
        CAPTURE_DELAY_SECONDS="90",
        BUSINESS_HOURS="Fri 22:00-02:00",
        OWN_EMAIL_DOMAINS="Shop.Example",
        CAPTURE_CHANNELS="messenger",
    ).capture_rules
    assert rules.delay == timedelta(seconds=90)
    assert isinstance(rules.hours, Hours)
    assert rules.hours.ranges == (OpenRange(frozenset({4}), time(22), time(2)),)
    assert rules.own_domains == {"shop.example"}
    assert rules.channels == frozenset({"messenger"})
    assert rules.for_channel("messenger").window == timedelta(hours=24)
    assert rules.for_channel("webchat").row_is_delivery


@pytest.mark.parametrize(
    ("environment", "own"),
    [
        (
            {"INBOUND_EMAIL_ADDRESS": "Reply@Shop.example", "INBOUND_EMAIL_SECRET": LONG_CANARY},
            {"reply@shop.example"},
        ),
        (
            {"EMAIL_FROM": "Northwind <Chat@shop.example>", "SMTP_URL": "smtp://post"},
            {"chat@shop.example"},
        ),
        (
            {
                "EMAIL_FROM": "chat@shop.example",
                "SMTP_URL": "smtp://post",
                "OWN_EMAIL_DOMAINS": "a.example",
            },
            {"chat@shop.example", "a.example"},
        ),
    ],
)
def test_our_own_addresses_are_ours_without_being_named(
    set_up: SetUp, environment: dict[str, str], own: set[str]
) -> None:
    rules = set_up(**environment).capture_rules
    assert rules.own_domains == own
    assert rules.own_addresses == {each for each in own if "@" in each}


def test_without_a_server_and_a_sender_nothing_is_mailed(set_up: SetUp) -> None:
    assert set_up().capture_rules.follow_up_delay is None
    rules = set_up(SMTP_URL="smtp://post", EMAIL_FROM="chat@shop.example").capture_rules
    assert rules.follow_up_delay == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("environment", "is_told"),
    [
        ({"HOST": "0.0.0.0"}, True),  # noqa: S104 - only a text here
        ({"PUBLIC_URL": "https://chat.example.com"}, True),
        ({"PUBLIC_URL": "https://chat.example.com", "DEMO": "true"}, False),
        ({"PUBLIC_URL": "https://chat.example.com", "DEMO": "false"}, False),
        ({"PUBLIC_URL": "https://chat.example.com", **MESSENGER}, False),
        ({}, False),
    ],
)
def test_who_might_miss_the_demo_is_told_how_to_get_it(
    set_up: SetUp, environment: dict[str, str], *, is_told: bool
) -> None:
    assert ("DEMO=true" in set_up(**environment).demo_hint) is is_told


def test_a_port_that_browsers_leave_out_is_left_out(set_up: SetUp) -> None:
    assert set_up(PORT="80").public_origin == "http://localhost"
