"""The agents' page: three panes, rendered here, live by signals."""

from aiohttp import web

from bot.web.inbox.account.account import account_entries
from bot.web.inbox.account.login import login_entries
from bot.web.inbox.account.notifying import notifying_entries
from bot.web.inbox.admin.operations import operation_entries
from bot.web.inbox.admin.programs import program_entries
from bot.web.inbox.admin.replies import reply_entries
from bot.web.inbox.admin.suppressions import suppression_entries
from bot.web.inbox.admin.team_pages import team_entries
from bot.web.inbox.contacts.contact import contact_entries
from bot.web.inbox.contacts.contacts import contacts_entries
from bot.web.inbox.conversation.acts import act_entries
from bot.web.inbox.conversation.attachments import attachment_entries
from bot.web.inbox.conversation.conversations import conversation_entries
from bot.web.inbox.conversation.originals import original_entries
from bot.web.inbox.dependencies import PREFIX, Entry, InboxParts, Who, agent_of
from bot.web.inbox.entry import Doorkeeper
from bot.web.inbox.files import file_entries
from bot.web.inbox.socket import socket_entries
from bot.web.inbox.stops import stop_entries

__all__ = ["PREFIX", "Entry", "InboxParts", "Who", "add_inbox", "agent_of", "entries"]


def entries(parts: InboxParts) -> list[Entry]:
    """List every address of the inbox with who may call it."""
    return [
        *file_entries(),
        *login_entries(parts),
        *conversation_entries(parts),
        *act_entries(parts),
        *attachment_entries(parts),
        *original_entries(parts),
        *contact_entries(parts),
        *contacts_entries(parts),
        *operation_entries(parts),
        *stop_entries(parts),
        *account_entries(parts),
        *reply_entries(parts),
        *team_entries(parts),
        *notifying_entries(parts),
        *program_entries(parts),
        *suppression_entries(parts),
        *socket_entries(parts),
    ]


def add_inbox(app: web.Application, parts: InboxParts) -> None:
    """Mount the inbox."""
    inbox, doorkeeper = web.Application(), Doorkeeper(parts)
    for entry in entries(parts):
        inbox.router.add_route(entry.method, entry.path, doorkeeper.guard(entry))
    app.add_subapp(PREFIX, inbox)
