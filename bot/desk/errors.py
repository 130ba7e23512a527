"""Why something can't be done at the desk. Nothing was changed when one of these is raised."""

from bot.storage.contacts import ContactView
from bot.storage.conversations import ConversationView


class DeskError(Exception):
    """Something that the one who asked can understand: `str` of it is a sentence for people."""

    code = "refused"


class NotFoundError(DeskError):
    """Look for it elsewhere: it is not here, or not for you."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such thing here.")


class NoSuchContactError(DeskError):
    """Create the contact, or give another email."""

    code = "no_such_contact"

    def __init__(self) -> None:
        super().__init__("No contact has this email.")


class InvalidError(DeskError):
    """Correct the field that the sentence names."""

    code = "invalid"


class InvalidEmailError(InvalidError):
    """Correct the email."""

    code = "invalid_email"

    def __init__(self) -> None:
        super().__init__("email: not a complete email address.")


class NoSuchAgentError(InvalidError):
    """Choose somebody of the team."""

    code = "no_such_agent"

    def __init__(self) -> None:
        super().__init__("assignee: no agent has this email.")


class ConflictError(DeskError):
    """Look at how things are now, then decide again."""

    code = "conflict"


class WindowClosedError(ConflictError):
    """Wait until the visitor writes again."""

    code = "window_closed"

    def __init__(self) -> None:
        super().__init__(
            "The channel does not let us write so long after the visitor's last message."
        )


class OwnedElsewhereError(ConflictError):
    """Write in the app that has the conversation, or take it back there."""

    code = "owned_elsewhere"

    def __init__(self) -> None:
        super().__init__("Another app has the conversation.")


class ClientIdUsedError(ConflictError):
    """Give every message an id of its own."""

    code = "client_id_used"

    def __init__(self) -> None:
        super().__init__("Another message of this conversation has the same client_id.")


class NotAskedError(ConflictError):
    """Don't ask: the sentence says why."""

    code = "not_asked"


class StaleVersionError(ConflictError):
    """Decide again on `conversation`, and send its version."""

    code = "stale_version"

    def __init__(self, conversation: ConversationView) -> None:
        super().__init__("The conversation has changed meanwhile.")
        self.conversation = conversation


class EmailTakenError(ConflictError):
    """Use `contact`: it has the email."""

    code = "email_taken"

    def __init__(self, contact: ContactView) -> None:
        super().__init__("Another contact has this email.")
        self.contact = contact
