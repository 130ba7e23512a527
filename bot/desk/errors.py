"""Why something can't be done at the desk. Nothing was changed when one of these is raised."""

from bot.storage.contacts.contacts import ContactView
from bot.storage.conversations.conversations import ConversationView


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


class NotMailedError(ConflictError):
    """Answer in the conversation, or not at all: the sentence says why."""

    code = "not_mailed"


class OwnedElsewhereError(ConflictError):
    """Write in the app that has the conversation, or take it back there."""

    code = "owned_elsewhere"

    def __init__(self) -> None:
        super().__init__("Another app has the conversation.")


class NotOursToRepeatError(ConflictError):
    """Write a new message."""

    code = "not_ours_to_repeat"

    def __init__(self) -> None:
        super().__init__("Only what an agent has sent from here can be sent again.")


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


class MergedEmailError(ConflictError):
    """Undo the merging, or leave the email where it is: it leads to this contact already."""

    code = "merged_email"

    def __init__(self) -> None:
        super().__init__("This email came with a contact that was merged into this one.")


class ContactChangedError(ConflictError):
    """Look at `contact` as it is now, then decide again."""

    code = "contact_changed"

    def __init__(self, contact: ContactView) -> None:
        super().__init__("Somebody has changed this contact meanwhile.")
        self.contact = contact


class LinkChangedError(ConflictError):
    """Look at `conversation`: somebody else has said meanwhile who the visitor is."""

    code = "link_changed"

    def __init__(self, conversation: ConversationView) -> None:
        super().__init__("Somebody else has said meanwhile who this visitor is.")
        self.conversation = conversation


class SamePersonError(InvalidError):
    """Name another contact."""

    code = "same_contact"

    def __init__(self) -> None:
        super().__init__("email: this is the contact itself.")


class AlreadyMergedError(ConflictError):
    """Look at what became of the contacts: one of them has gone into another meanwhile."""

    code = "already_merged"

    def __init__(self) -> None:
        super().__init__("One of the two has been merged meanwhile.")


class NotTheirEmailError(InvalidError):
    """Type the email of the contact that is shown."""

    code = "not_their_email"

    def __init__(self) -> None:
        super().__init__("email: this is not the email of the contact.")
