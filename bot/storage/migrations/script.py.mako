"""${message}

Revision: ${up_revision}, after ${down_revision}, ${create_date}.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import bot.storage.tables
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}
# False for what takes something away: then `serves_from` names the oldest revision whose code,
# head and all, uses it no longer
additive = True


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
