"""The table of visits to a site's pages."""

import sqlalchemy as sa

from bot.storage.tables.columns import Id, UtcTime, belonging, metadata

visits = sa.Table(
    "visits",
    metadata,
    sa.Column("visitor_id", Id, belonging("visitors"), primary_key=True),
    sa.Column("page", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("referrer", sa.Text),
    sa.Column("browser", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("first_at", UtcTime, nullable=False),
    sa.Column("last_at", UtcTime, nullable=False),
    # from then on it is another visit: stored, since the engines add up moments differently
    sa.Column("over_at", UtcTime, nullable=False),
    # where and when the last visit began; NULL: it began before this was kept
    sa.Column("started_page", sa.Text),
    sa.Column("started_title", sa.Text),
    sa.Column("started_at", UtcTime),
)
