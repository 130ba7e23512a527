"""Deliveries recorded by others, where they lie beside this repository: what each must become."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any  # the manifest is foreign JSON

import pytest

from bot.core.arrivals import Arrival, GuestFlagged
from bot.core.events import VisitorWrote
from channels.messenger.product import PRODUCT
from channels.meta.payloads import Parsed, parse
from channels.meta.readers import Served
from channels.meta.signature import sign, verify

_FOLDER = Path(__file__).parents[4] / "shared" / "payloads"
_MANIFEST = _FOLDER / "manifest.json"
_NOT_OURS = {"0", "1235", "23245"}
_RECEIVED_AT = datetime(2026, 6, 1, tzinfo=UTC)

_rows: list[dict[str, Any]] = json.loads(_MANIFEST.read_bytes()) if _MANIFEST.exists() else []
if not _rows:
    pytest.skip("the recordings do not lie beside this folder", allow_module_level=True)


@pytest.fixture(scope="module")
def pages() -> set[str]:
    """The pages for which others recorded, but for those that are expected to be foreign."""
    found = {page for row in _rows for page in _pages_in((_FOLDER / row["file"]).read_bytes())}
    return found - _NOT_OURS


def _pages_in(body: bytes) -> set[str]:
    try:
        entries = json.loads(body.decode("utf-8-sig"))["entry"]
        items = [item for entry in entries for item in entry.get("messaging", [])]
        recipients = [item["recipient"] for item in items if "is_echo" not in str(item)]
        return {str(side["id"]) for side in [*entries, *recipients]}
    except (ValueError, TypeError, KeyError, AttributeError):
        return set()


def _read(row: dict[str, Any], pages: set[str]) -> Parsed:
    body = (_FOLDER / row["file"]).read_bytes()
    return parse(body, Served(PRODUCT, pages, None, _RECEIVED_AT))


def _messages_in(parsed: Parsed) -> list[tuple[Arrival, VisitorWrote]]:
    by_key = {
        (arrival.place.account, arrival.key): (arrival, arrival.report)
        for arrival in parsed.arrivals
        if isinstance(arrival.report, VisitorWrote)
    }
    return list(by_key.values())


@pytest.mark.parametrize("row", _rows, ids=[row["file"] for row in _rows])
def test_a_recording_becomes_what_the_manifest_says(row: dict[str, Any], pages: set[str]) -> None:
    parsed = _read(row, pages)
    messages = _messages_in(parsed)

    assert len(messages) == row["n"]
    assert bool(parsed.faults) == (not row["parses"] or row["file"][:3] in {"146", "148"})
    if row["sender"] is not None:
        senders = {arrival.place.external_id for arrival in parsed.arrivals}
        assert not senders or row["sender"] in senders
    if messages:
        first = messages[0][1]
        assert messages[0][0].place.external_id == row["sender"]
        assert row["text"] in {first.text, None}
        assert [attachment.type for attachment in first.attachments] == row["atts"]
        assert first.text or first.attachments
    if row.get("guest"):
        assert [arrival.report.guest for arrival in parsed.arrivals
                if isinstance(arrival.report, GuestFlagged)] == [True]  # fmt: skip


def _row(number: str) -> dict[str, Any]:
    return next(row for row in _rows if row["file"].startswith(number))


def test_a_real_signed_body_keeps_its_signature() -> None:
    secret = "e6af24be1d683c8c911949f897eea1f6"  # noqa: S105 - published with the recording
    digest = "7f202c12ba7dbbd1cb23d8a1b4af648fe22ea04456c0a926fcf8cb4e6da31ab4"
    body = (_FOLDER / _row("104")["file"]).read_bytes()
    anew = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()

    assert sign(secret, body) == f"sha256={digest}"
    assert verify([secret], body, [f"sha256={digest}"])
    assert not verify([secret], anew, [f"sha256={digest}"])


def test_a_text_of_20_000_characters_stays_whole(pages: set[str]) -> None:
    [(_, written)] = _messages_in(_read(_row("139"), pages))

    assert len(written.text) == 20_000


def test_seconds_do_not_become_1970(pages: set[str]) -> None:
    body = (_FOLDER / _row("010")["file"]).read_bytes()
    flagged = body.replace(b'"ref": "referral id"', b'"is_guest_user": true')

    [arrival] = parse(flagged, Served(PRODUCT, pages, None, _RECEIVED_AT)).arrivals

    assert arrival.report == GuestFlagged(
        guest=True, at=datetime(2023, 12, 3, 10, 25, 11, tzinfo=UTC)
    )


def test_a_late_delivery_keeps_its_own_time(pages: set[str]) -> None:
    [(_, written)] = _messages_in(_read(_row("121"), pages))

    assert written.at == datetime(2022, 4, 30, 0, 44, 50, 554_000, tzinfo=UTC)


def test_a_tapped_address_is_known_to_come_from_the_profile(pages: set[str]) -> None:
    [(_, written)] = _messages_in(_read(_row("092"), pages))

    assert (written.text, written.email_from_profile) == ("test@test.com", True)


def test_a_chat_plugins_member_is_no_guest(pages: set[str]) -> None:
    flags = [arrival.report for arrival in _read(_row("052"), pages).arrivals]

    assert (
        GuestFlagged(guest=False, at=datetime(2016, 3, 23, 0, 25, 52, 478_000, tzinfo=UTC)) in flags
    )
