"""A person and its phone as the page draws them. Pure."""

from datetime import datetime

from bot.web.demo.people import DemoHappening, DemoPerson, PhoneMessage


def show(person: DemoPerson, now: datetime) -> dict[str, object]:
    """Give everything there is to draw of a phone."""
    until = person.page_types_until
    first = person.count - len(person.happenings)
    return {
        "psid": person.psid,
        "kind": person.kind,
        "name": f"{person.first_name} {person.last_name}".strip(),
        "messages": [_show_message(message) for message in person.messages],
        "chips": [
            {"kind": chip.kind, "title": chip.title, "payload": chip.payload}
            for chip in person.chips()
        ],
        "has_unseen": person.has_unseen,
        "page_types": until is not None and now < until,
        "happenings": [
            _show_happening(number, happening)
            for number, happening in enumerate(person.happenings, start=first + 1)
        ],
    }


def _show_message(message: PhoneMessage) -> dict[str, object]:
    return {
        "mid": message.mid,
        "from_page": message.from_page,
        "text": "" if message.is_unsent else message.text,
        "at": message.at.isoformat(),
        "edits": message.edits,
        "is_unsent": message.is_unsent,
        "is_taken": message.is_taken,
    }


def _show_happening(number: int, happening: DemoHappening) -> dict[str, object]:
    return {
        "number": number,
        "at": happening.at.isoformat(),
        "direction": happening.direction,
        "text": happening.text,
        "outcome": happening.outcome,
        "is_good": happening.is_good,
    }
