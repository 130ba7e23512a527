"""Tables of ownership: browsers, former readers and proofs."""

import sqlalchemy as sa

from bot.storage.tables.columns import Id, UtcTime, belonging, metadata, table

# browsers that read a conversation up to a number, and no sign of what came after it
former_readers = table(
    "former_readers",
    sa.Column("conversation_id", Id, belonging("conversations"), nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    # what the browser reads: the messages after the first number, up to the last
    sa.Column("after_seq", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    # the address that the browser had proved, if any
    sa.Column("email_key", sa.Text),
    sa.Column("why", sa.Text, nullable=False),
    # the conversation as it was then: nothing that happens later is shown
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("answered_seq", sa.Integer, nullable=False),
    sa.Column("seen_up_to", UtcTime),
    sa.Column("at", UtcTime, nullable=False),
    # a browser that read the same has proved the owner's address since: the owner reads it too
    sa.Column("opened_at", UtcTime),
    sa.UniqueConstraint("conversation_id", "channel", "account", "external_id"),
    sa.Index("ix_former_readers_external_id", "external_id"),
)

# conversations that an address's owner has by mail, beside one on a channel that names its senders
mail_sides = table(
    "mail_sides",
    sa.Column("conversation_id", Id, belonging("conversations"), nullable=False),
    sa.Column("beside_id", Id, belonging("conversations"), nullable=False),
    sa.Column("email_key", sa.Text, nullable=False),
    sa.UniqueConstraint("conversation_id"),
    sa.UniqueConstraint("beside_id", "email_key"),
)

# mails that a browser asked for to prove an address: the code is made when the mail is written
proofs = table(
    "proofs",
    sa.Column("conversation_id", Id, belonging("conversations"), nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("code_hash", sa.Text),
    sa.Column("expires_at", UtcTime),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Index("ix_proofs_conversation_id", "conversation_id"),
)

# addresses whose owners said "this wasn't me", as hashes: they outlive the conversation
withdrawals = sa.Table(
    "withdrawals",
    metadata,
    sa.Column("email_hash", sa.Text, primary_key=True),
    sa.Column("conversation_id", Id, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
)
