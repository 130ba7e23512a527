"""The variables of how long things are kept."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from config.keeping import Keeping
from config.variables.setting import setting

_Days = Annotated[int, Field(ge=1, le=36_500)]


class KeepingVariables(BaseModel):
    """Variables of retention: what is deleted by itself, and when."""

    retention_days: _Days | None = setting(
        None,
        "How long conversations of visitors without a contact are kept after their last message; "
        "events older than this, of nobody known, are acknowledged and dropped. Without it: for "
        "ever. Contacts are kept until they are erased.",
        "1 to 36500",
    )
    audit_days: _Days = setting(
        730, "How long it is kept who changed what, and that a person was erased.", "1 to 36500"
    )
    dead_letter_days: _Days = setting(
        90, "How long dead letters are kept, settled or not.", "1 to 36500"
    )
    outbox_days: _Days = setting(
        30,
        "How long settled work is kept: notices, mails, webhooks, files, deletions. What keeps a "
        "thing from being sent twice stays as long as its conversation.",
        "1 to 36500",
    )

    @property
    def keeping(self) -> Keeping:
        """How long what is stored is kept."""
        days = self.retention_days
        return Keeping(
            conversations=None if days is None else timedelta(days=days),
            audit=timedelta(days=self.audit_days),
            dead_letters=timedelta(days=self.dead_letter_days),
            outbox=timedelta(days=self.outbox_days),
        )
