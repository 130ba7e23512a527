"""Keep what visitors agreed to, word for word, with those consents that only the audit knew

Revision: 0025, after 0024.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.columns import Id, UtcTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
additive = True

_AT_ONCE = 500
_GIVEN = "consent.given"
_BOX = {
    "en": "I agree that you keep my address to reply to me.",
    "it": "Accetto che conserviate il mio indirizzo per rispondermi.",
    "de": "Ich bin einverstanden, dass Sie meine Adresse speichern, um mir zu antworten.",
    "fr": "J'accepte que vous conserviez mon adresse pour me répondre.",
    "es": "Acepto que guarden mi dirección para responderme.",
    "pt": "Aceito que guardem o meu endereço para me responder.",
    "nl": "Ik ga ermee akkoord dat u mijn adres bewaart om mij te antwoorden.",
}
"""What stood beside the box until now: the audit knows the language alone."""


def upgrade() -> None:
    op.add_column("conversations", sa.Column("consent_text", sa.Text()))
    op.add_column("conversations", sa.Column("consent", sa.Text()))
    created = op.create_table(
        "consents",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column(
            "visitor_id", Id, sa.ForeignKey("visitors.id", name="fk_consents_visitor_id"),
            nullable=False,
        ),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("given_at", UtcTime(), nullable=False),
        sa.Column("withdrawn_at", UtcTime()),
        sa.Column("withdrawn_by", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_visitor_id", "consents", ["visitor_id"])
    connection, last = op.get_bind(), 0
    while rows := connection.execute(_KNOWN, {"last": last, "limit": _AT_ONCE}).mappings().all():
        connection.execute(sa.insert(created), list(map(_consent, rows)))
        ids = [{"talk": row["conversation_id"]} for row in rows]
        connection.execute(_MARK, ids)
        last = rows[-1]["id"]


_KNOWN = sa.text(
    "SELECT audit.id, audit.at, audit.detail, conversations.id AS conversation_id,"
    " conversations.visitor_id, conversations.channel FROM audit"
    " JOIN conversations ON conversations.id = audit.conversation_id"
    f" WHERE audit.action = '{_GIVEN}' AND audit.id > :last AND conversations.gone_at IS NULL"
    " ORDER BY audit.id LIMIT :limit"
).columns(at=UtcTime())
_MARK = sa.text("UPDATE conversations SET consent = 'given' WHERE id = :talk")


def _consent(row: Mapping[str, Any]) -> dict[str, object]:
    locale = (json.loads(row["detail"] or "{}") or {}).get("locale") or "en"
    language = locale[:2].lower()
    return {
        "visitor_id": row["visitor_id"],
        "channel": row["channel"],
        "text": _BOX.get(language, _BOX["en"]),
        "language": language if language in _BOX else "en",
        "given_at": row["at"],
    }
