"""The table of schema revisions and their compatibility with older code."""

import sqlalchemy as sa

from bot.storage.tables.columns import metadata

schema_revisions = sa.Table(
    "schema_revisions",
    metadata,
    sa.Column("revision", sa.Text, primary_key=True),
    sa.Column("additive", sa.Boolean, nullable=False),
    # the oldest revision whose code goes on working, where it is not every code before
    sa.Column("serves_from", sa.Text),
)
