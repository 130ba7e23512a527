"""Has one mail sent to an address that is given beside a proved one, so that it can be proved."""

from collections.abc import Mapping

from bot.core.arrivals import Arrival
from bot.core.model import VisitorKey
from bot.storage.conversations.proofs import add_proof_wish, was_asked
from bot.storage.outbox.mail_rows import order_proof
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState


def ask_to_prove(
    batch: Batch,
    threads: Mapping[VisitorKey, VisitorState],
    arrival: Arrival,
) -> None:
    """Order the mail for an arrival that gives an address, if none was mailed there yet."""
    thread = threads.get(arrival.place)
    talk, id_ = (thread.conversation, thread.conversation_id) if thread else (None, None)
    if not (thread and talk and talk.beside_email and id_) or talk.stopped:
        return
    if was_asked(batch.connection, id_, talk.beside_email):
        return
    browser = arrival.browser or arrival.place
    proof = add_proof_wish(batch.connection, id_, browser, talk.beside_email, batch.now)
    order_proof(batch, thread, proof)
