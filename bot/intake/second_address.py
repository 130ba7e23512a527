"""Has one mail sent to an address that is given beside a proved one, so that it can be proved."""

from bot.core.arrivals import Arrival, Taken
from bot.core.decisions import CaptureEmail
from bot.storage.batch import Batch
from bot.storage.outbox.mail_rows import order_proof
from bot.storage.proofs import add_proof_wish, was_asked
from bot.storage.visitor_states import VisitorState
from config.rules import CaptureRules


def ask_to_prove(
    batch: Batch, thread: VisitorState, arrival: Arrival, taken: Taken, rules: CaptureRules
) -> None:
    """Order the mail, if the arrival gave such an address and none was mailed there yet."""
    talk, id_ = thread.conversation, thread.conversation_id
    is_given = any(isinstance(each, CaptureEmail) for each in taken.decisions)
    if not (is_given and rules.mails_leave and talk and talk.beside_email and id_):
        return
    if was_asked(batch.connection, id_, talk.beside_email):
        return
    browser = arrival.browser or arrival.place
    proof = add_proof_wish(batch.connection, id_, browser, talk.beside_email, batch.now)
    order_proof(batch, thread, proof)
