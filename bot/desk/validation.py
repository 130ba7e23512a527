"""Validation of texts from the desk: storable on every engine, of bounded length."""

from bot.core.emails import Address, validate
from bot.desk.errors import InvalidEmailError, InvalidError

MOST_IN_TEXT = 4_000
MOST_IN_NAME = 200
MOST_IN_CLIENT_ID = 100
MOST_IN_SEARCH = 1_000


def check_text(text: str) -> str:
    """Return a message's text as it is, unless it is blank or too long."""
    if not text.strip():
        msg = "text: it is blank."
        raise InvalidError(msg)
    return _check("text", text, MOST_IN_TEXT)


def check_client_id(client_id: str) -> str:
    """Return an id that its writer made, unless it is empty or too long."""
    if not client_id:
        msg = "client_id: it is empty."
        raise InvalidError(msg)
    return _check("client_id", client_id, MOST_IN_CLIENT_ID)


def check_name(field: str, name: str | None) -> str | None:
    """Return a name without the blanks around it; None for no name."""
    return _check(field, (name or "").strip(), MOST_IN_NAME) or None


def check_search(field: str, text: str | None) -> str | None:
    """Return what a list is searched for; None for nothing."""
    return _check(field, (text or "").strip(), MOST_IN_SEARCH) or None


def read_email(email: str) -> Address:
    """Read the address; who works at the desk may give any that is one."""
    match validate(email):
        case Address() as address:
            return address
        case _:
            raise InvalidEmailError


def _check(field: str, text: str, most: int) -> str:
    if len(text) > most:
        msg = f"{field}: at most {most} characters."
        raise InvalidError(msg)
    if "\0" in text or not _is_encodable(text):
        msg = f"{field}: it holds a character that can't be stored."
        raise InvalidError(msg)
    return text


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair
        return False
    return True
