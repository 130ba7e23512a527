"""Reading marks of agents in conversations."""

import sqlalchemy as sa

from bot.core.model import ConversationId

# never beyond what there is, and never back
_MARK = sa.text(
    "INSERT INTO reading_marks (agent_id, conversation_id, seq)"
    " SELECT :agent, id, CASE WHEN last_seq < :seq THEN last_seq ELSE :seq END"
    " FROM conversations WHERE id = :conversation"
    " ON CONFLICT (agent_id, conversation_id) DO UPDATE SET seq = excluded.seq"
    " WHERE reading_marks.seq < excluded.seq"
)


def mark_read(connection: sa.Connection, agent_id: int, id: ConversationId, seq: int) -> bool:
    """Keep that an agent has read up to a message; True: it had not before."""
    values = {"agent": agent_id, "conversation": id, "seq": seq}
    return connection.execute(_MARK, values).rowcount == 1
