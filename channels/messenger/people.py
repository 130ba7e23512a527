"""Finding a person of Facebook's among our visitors."""

from collections.abc import Iterable
from urllib.parse import quote

from bot.core.model import Place
from channels.messenger.graph import PageGraph
from channels.messenger.questions import ask, read_list


def find_places(app: PageGraph, app_scoped_id: str, pages: Iterable[str]) -> list[Place]:
    """Look up who somebody is to each page, as Meta's deletion callback names people by app.

    Raises `SendError` when only later can tell. An empty list proves little: Meta matches only
    within one business, which must own the app and the pages, and only ids that it has given
    out. The shape is Meta's documented one for `ids_for_pages`; no stored text shows what the
    call answers about a person who used Messenger and never logged in to the app.
    """
    path = f"{quote(app_scoped_id, safe='')}/ids_for_pages"
    answers = [(page, ask(app, path, page=page)) for page in pages]
    return [
        Place("messenger", page, str(match["id"]))
        for page, answer in answers
        for match in read_list(answer or {})
        if match.get("id")
    ]
