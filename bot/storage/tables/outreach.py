"""Tables of outreach: notification targets, mail threads, links back, suppressions."""

import sqlalchemy as sa

from bot.storage.tables.columns import Id, JsonText, UtcTime, belonging, metadata, table

# an agent's browsers that take Web Push
push_subscriptions = table(
    "push_subscriptions",
    sa.Column("agent_id", Id, belonging("agents"), nullable=False),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("p256dh", sa.Text, nullable=False),
    sa.Column("auth", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("endpoint"),
    sa.Index("ix_push_subscriptions_agent_id", "agent_id"),
)

# how an agent wants to be told while not looking
notice_wishes = sa.Table(
    "notice_wishes",
    metadata,
    sa.Column("agent_id", Id, belonging("agents"), primary_key=True),
    sa.Column("push", sa.Boolean, nullable=False),
    sa.Column("mail", sa.Boolean, nullable=False),
    # quiet hours, as local time of day
    sa.Column("quiet_from", sa.Text),
    sa.Column("quiet_to", sa.Text),
    sa.Column("zone", sa.Text, nullable=False),
    # an admin's: alarms keep to no quiet hours
    sa.Column("alarms", sa.Boolean, nullable=False, server_default=sa.false()),
)

# programs that want to know
webhook_endpoints = table(
    "webhook_endpoints",
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("events", JsonText, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
)

# tokens of addresses for answers as they were made until each address had its own
mail_threads = sa.Table(
    "mail_threads",
    metadata,
    sa.Column("conversation_id", Id, belonging("conversations"), primary_key=True),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("token"),
)

# what makes addresses for answers unguessable: each is good for the one address it was mailed to
reply_addresses = sa.Table(
    "reply_addresses",
    metadata,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("conversation_id", Id, belonging("conversations"), nullable=False),
    sa.Column("email_key", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    # the conversation has another address since then
    sa.Column("ended_at", UtcTime),
    sa.Index("ix_reply_addresses_conversation_id", "conversation_id"),
)

# mails to visitors: what went out, for threads and for limits
mails = table(
    "mails",
    sa.Column("conversation_id", Id, belonging("conversations"), nullable=False),
    sa.Column("email_key", sa.Text, nullable=False),
    sa.Column("message_key", sa.Text, nullable=False),
    sa.Column("first_seq", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.UniqueConstraint("message_key"),
    sa.Index("ix_mails_conversation_id", "conversation_id"),
    sa.Index("ix_mails_email_key_at", "email_key", "at"),
)

# links in mails that bring a conversation back, once
return_links = sa.Table(
    "return_links",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("conversation_id", Id, belonging("conversations"), nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
    sa.Index("ix_return_links_conversation_id", "conversation_id"),
)

# further browsers of a visitor, proved by such a link
browsers = sa.Table(
    "browsers",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    sa.Column("visitor_id", Id, belonging("visitors"), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Index("ix_browsers_visitor_id", "visitor_id"),
)

# which browsers have proved which address by such a link, also those that a conversation began in
browser_proofs = sa.Table(
    "browser_proofs",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    sa.Column("email_key", sa.Text, primary_key=True),
    sa.Column("visitor_id", Id, belonging("visitors"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("ix_browser_proofs_visitor_id", "visitor_id"),
)

# what DNS and a list say of the domains of contacts' addresses
email_domains = sa.Table(
    "email_domains",
    metadata,
    sa.Column("domain", sa.Text, primary_key=True),
    # none: DNS did not tell
    sa.Column("takes_mail", sa.Boolean),
    sa.Column("throw_away", sa.Boolean, nullable=False),
    sa.Column("looked_up_at", UtcTime, nullable=False),
)

# addresses that get no mails from conversations any more, by a keyed hash that outlives an erasure
suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("email_hash", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # in clear only as long as the person is known
    sa.Column("email", sa.Text),
    sa.Column("signal", sa.Text),
)

# keys that are made once and that all processes share
server_keys = sa.Table(
    "server_keys",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

# mails as they came, for the team; a message or a note has the same key
original_mails = table(
    "original_mails",
    sa.Column("conversation_id", Id, belonging("conversations"), nullable=False),
    sa.Column("message_key", sa.Text, nullable=False),
    sa.Column("standing", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("whole", sa.Text, nullable=False),
    sa.Column("files", JsonText, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("taken_at", UtcTime),
    sa.UniqueConstraint("message_key"),
    sa.Index("ix_original_mails_conversation_id", "conversation_id"),
    sa.Index("ix_original_mails_created_at", "created_at"),
)
