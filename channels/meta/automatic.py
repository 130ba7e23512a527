"""Tells the page's own automatic replies from people's words, as far as an echo shows it."""

from collections.abc import Collection

from bot.core.automatic import normalise

INBOX_APPS = frozenset({"263902037430900", "26390203743090", "1217981644879628"})
"""The app ids of Meta's own inboxes: people write there, and so do instant replies."""


def is_automatic(text: str, app_id: str | None, named: Collection[str]) -> bool | None:
    """Say whether an echo is an automatic reply of the page; None: its moment must tell.

    `named` are the operator's texts, normalised.
    """
    if normalise(text) in named:
        return True
    return None if app_id is None or app_id in INBOX_APPS else False
