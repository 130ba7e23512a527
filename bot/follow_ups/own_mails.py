"""Gathers what our mails of a conversation said, so that none of it is taken for an answer."""

from collections.abc import Iterator

import sqlalchemy as sa

from bot.core.languages import LANGUAGES
from bot.core.mail_words import mail_texts
from bot.core.model import ConversationId, VisitorKey
from bot.mail.own_words import A_CODE, OwnWords
from bot.storage.conversations.mail_sides import channel_of
from bot.storage.mails.mail_drafts import find_mailed
from config.channel_facts import ChannelTitles, site_of

_CHANNELS = ChannelTitles()


def own_words(connection: sa.Connection, id: ConversationId, place: VisitorKey) -> OwnWords:
    """Learn the newest replies that were mailed, and the lines around them in each language."""
    replies = find_mailed(connection, id)
    names = {reply.name for reply in replies if reply.name}
    channel = channel_of(connection, id, place.channel)
    site = site_of(place.account) or _CHANNELS.of(channel).title
    said = [f"{reply.name or ''}\n{reply.text}" for reply in replies]
    return OwnWords.of(said, [*lines_of_mails(site), *sorted(names)])


def lines_of_mails(site: str) -> Iterator[str]:
    """List the lines that all mails about a site have, in each of our languages."""
    for language in LANGUAGES:
        words = mail_texts(language)
        yield from (words.marker, words.intro.format(site=site), words.team)
        yield from (words.proof_intro.format(site=site), f"{words.code_label} {A_CODE}")
        yield from (words.code_text, words.button)
        yield from (words.once, words.answer_by_mail, words.answer_in_chat)
        why = words.why.format(site=site)
        # what visitors may answer themselves is ours only behind the line above it
        yield from (f"{why} {words.not_me} {words.unsubscribe}", f"{why} {words.unsubscribe}", why)
