"""Messenger's way out: our words become Graph's requests, and its answers our errors."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.events import DECLINE_PAYLOAD
from bot.core.model import VisitorKey
from bot.ports.channels import Choice, Outgoing, Receipt
from bot.ports.errors import OutcomeUnknownError, SendError, UndeliverableError
from channels.messenger.errors import ERRORS
from channels.meta.addresses import USER_REF
from channels.meta.error_rows import Verdict
from channels.meta.graph import GraphLostError, GraphRefusedError, PageGraph
from channels.meta.parts import split_text
from channels.meta.refusals import Refusal

_LONGEST_TITLE = 20
_LONGEST_PAYLOAD = 1_000
_MOST_QUICK_REPLIES = 13

_log = logging.getLogger(__name__)


class MessengerSender:
    """Sends as the page that a visitor has written to."""

    def __init__(self, pages: Mapping[str, PageGraph]) -> None:
        self._pages = pages

    def send(self, to: VisitorKey, message: Outgoing) -> Receipt:
        """Send a message, in several parts if it is long. The receipt's key is the last part's.

        Only the last part carries our metadata as it is (the others: with `/1`, `/2` …), so that
        its echo means that all has arrived. If a later part fails the outcome counts as unknown:
        the person has seen the beginning, and a repetition would show it twice.
        """
        page = self._pages.get(to.account)
        if page is None:
            raise ERRORS.as_error(Verdict.CREDENTIALS)
        parts = list(_write_parts(message))
        if not parts:
            raise ERRORS.as_error(Verdict.REJECTED)
        key = _send_part(page, to, parts[0])
        for part in parts[1:]:
            key = _send_later_part(page, to, part)
        return Receipt(key)


def _send_later_part(page: PageGraph, to: VisitorKey, part: dict[str, Any]) -> str:
    try:
        return _send_part(page, to, part)
    except (SendError, UndeliverableError, OutcomeUnknownError) as error:
        reason = f"Only the beginning of this message was delivered. {error.reason}"
        raise OutcomeUnknownError(reason) from error


def _send_part(page: PageGraph, to: VisitorKey, part: dict[str, Any]) -> str:
    try:
        answer = page.put_object(
            to.account,
            "messages",
            messaging_type="RESPONSE",
            recipient=_recipient(to.external_id),
            message=part,
        )
    except GraphRefusedError as error:
        _log_refusal(to.account, error.refusal)
        raise ERRORS.explain(error.refusal) from error
    except GraphLostError as error:
        verdict = Verdict.UNKNOWN if error.written else Verdict.UNREACHABLE
        _log.warning("no answer from Graph", extra={"page": to.account, "how": str(error)})
        raise ERRORS.as_error(verdict) from error
    key = answer.get("message_id")
    if not isinstance(key, str) or not key:
        raise ERRORS.as_error(Verdict.UNKNOWN)
    return key


def _log_refusal(page: str, refusal: Refusal) -> None:
    facts = {"code": refusal.code, "subcode": refusal.subcode, "status": refusal.status}
    _log.warning("Graph refused a message", extra={"page": page, **facts})


def _recipient(external_id: str) -> dict[str, str]:
    if external_id.startswith(USER_REF):
        return {"user_ref": external_id.removeprefix(USER_REF)}
    return {"id": external_id}


def _write_parts(message: Outgoing) -> Iterator[dict[str, Any]]:
    texts = split_text(message.text)
    for number, text in enumerate(texts[:-1], start=1):
        yield {"text": text, "metadata": f"{message.metadata}/{number}"}
    for text in texts[-1:]:
        quick_replies = list(_quick_replies(message))[:_MOST_QUICK_REPLIES]
        tappable = {"quick_replies": quick_replies} if quick_replies else {}
        yield {"text": text, "metadata": message.metadata, **tappable}


def _quick_replies(message: Outgoing) -> Iterator[dict[str, str]]:
    if message.asks_for_email:  # Meta shows it only to people whose profile has an address
        yield {"content_type": "user_email"}
    for choice in message.choices:
        yield _quick_reply(choice)
    if message.decline_label:
        yield _quick_reply(Choice(message.decline_label, DECLINE_PAYLOAD))


def _quick_reply(choice: Choice) -> dict[str, str]:
    return {
        "content_type": "text",
        "title": _shorten(choice.label),
        "payload": choice.payload[:_LONGEST_PAYLOAD],
    }


def _shorten(label: str) -> str:
    return label if len(label) <= _LONGEST_TITLE else label[: _LONGEST_TITLE - 1].rstrip() + "…"
