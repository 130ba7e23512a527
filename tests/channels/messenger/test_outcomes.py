from datetime import timedelta

import pytest

from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from channels.messenger.errors import ERRORS
from channels.meta.error_rows import COMMON, Rows, Verdict
from channels.meta.outcomes import GRAPH, ErrorTable
from channels.meta.refusals import Refusal, read_refusal


def refused(code: int | None, subcode: int | None = None, status: int = 400) -> Refusal:
    return Refusal(status=status, code=code, subcode=subcode)


TRY_AGAIN = [
    refused(1),
    refused(1, 99),
    refused(2),
    refused(2, status=500),
    refused(1200),
    refused(100, status=503),
    refused(10, 77, status=500),
    Refusal(status=400, code=100, transient=True),
    Refusal(status=403, code=200, transient=True),
    refused(987654),
    refused(0),
]


@pytest.mark.parametrize("refusal", TRY_AGAIN, ids=str)
def test_what_will_pass_is_tried_again_and_uses_up_attempts(refusal: Refusal) -> None:
    error = ERRORS.explain(refusal)
    assert isinstance(error, SendError)
    assert error.trouble is None


TROUBLES = [
    (refused(None, status=500), Trouble.UNREACHABLE),
    (refused(None, status=502), Trouble.UNREACHABLE),
    (refused(None, status=302), Trouble.UNREACHABLE),
    (refused(None, status=404), Trouble.UNREACHABLE),
    (refused(None, status=429), Trouble.THROTTLED),
    (refused(4), Trouble.THROTTLED),
    (refused(17), Trouble.THROTTLED),
    (refused(32), Trouble.THROTTLED),
    (refused(341), Trouble.THROTTLED),
    (refused(613), Trouble.THROTTLED),
    (refused(613, 2534040), Trouble.THROTTLED),
    (refused(80006), Trouble.THROTTLED),
    (Refusal(status=400, code=4, transient=True), Trouble.THROTTLED),
    (refused(368), Trouble.BLOCKED),
    (refused(368, 1390008), Trouble.BLOCKED),
    (refused(613, 2018338), Trouble.BLOCKED),
    (refused(10, 1893063), Trouble.BLOCKED),
    (refused(2022), Trouble.BLOCKED),
    (refused(190), Trouble.CREDENTIALS),
    (refused(190, 463), Trouble.CREDENTIALS),
    (refused(190, status=500), Trouble.CREDENTIALS),
    (refused(102), Trouble.CREDENTIALS),
    (refused(3), Trouble.CREDENTIALS),
    (refused(10), Trouble.CREDENTIALS),
    (refused(10, 0), Trouble.CREDENTIALS),
    (refused(200), Trouble.CREDENTIALS),
    (refused(231, 5), Trouble.CREDENTIALS),
    (refused(299), Trouble.CREDENTIALS),
    (Refusal(status=400, code=100, wants_proof=True), Trouble.CREDENTIALS),
]


@pytest.mark.parametrize(("refusal", "trouble"), TROUBLES, ids=str)
def test_what_concerns_the_page_says_so(refusal: Refusal, trouble: Trouble) -> None:
    error = ERRORS.explain(refusal)
    assert isinstance(error, SendError)
    assert error.trouble is trouble


NEVER = [
    (refused(10, 2018278, 403), Cause.WINDOW_CLOSED),
    (refused(10, 2534022), Cause.WINDOW_CLOSED),
    (refused(10, 2018065), Cause.WINDOW_CLOSED),
    (refused(100, 2018001), Cause.RECIPIENT_GONE),
    (refused(10, 2018108), Cause.RECIPIENT_GONE),
    (refused(551), Cause.RECIPIENT_GONE),
    (refused(551, 1545041), Cause.RECIPIENT_GONE),
    (refused(200, 1545041), Cause.RECIPIENT_GONE),
    (refused(230), Cause.RECIPIENT_GONE),
    (refused(230, 5, 500), Cause.RECIPIENT_GONE),
    (refused(9000001), Cause.REJECTED),
    (refused(2018300), Cause.NOT_OWNER),
    (refused(2018321), Cause.NOT_OWNER),
    (refused(100, 2018300), Cause.NOT_OWNER),
    (refused(10, 2018321), Cause.NOT_OWNER),
    (refused(100, 2534037), Cause.NOT_OWNER),
    (refused(100), Cause.REJECTED),
    (refused(100, 12345), Cause.REJECTED),
    (refused(10, 12345), Cause.REJECTED),
]


@pytest.mark.parametrize(("refusal", "cause"), NEVER, ids=str)
def test_what_never_arrives_says_why(refusal: Refusal, cause: Cause) -> None:
    error = ERRORS.explain(refusal)
    assert isinstance(error, UndeliverableError)
    assert error.cause is cause


@pytest.mark.parametrize("refusal", [refused(1, 1357046, 500), refused(None, status=200)], ids=str)
def test_what_may_have_arrived_is_unknown(refusal: Refusal) -> None:
    assert isinstance(ERRORS.explain(refusal), OutcomeUnknownError)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_sentence_for_people(verdict: Verdict) -> None:
    reason = ERRORS.as_error(verdict).reason
    assert reason[0].isupper()
    assert reason.endswith(".")


def read(error: object, status: int = 400, **headers: str) -> Refusal:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_refusal(status, named, {"error": error})


def test_a_refusal_is_read_without_its_words() -> None:
    error = {"message": "token EAAG", "code": 100, "error_subcode": 2018001, "is_transient": True}
    assert read(error) == Refusal(400, 100, 2018001, transient=True)


def test_a_missing_proof_is_known_by_its_name_only() -> None:
    assert read({"code": 100, "message": "… require an appsecret_proof argument"}).wants_proof


@pytest.mark.parametrize(
    "error", [None, "no", [], {}, {"code": None}, {"code": True}, {"code": "x"}]
)
def test_an_error_that_says_nothing_has_no_code(error: object) -> None:
    assert read(error, 500) == Refusal(500)


def test_a_code_may_be_written_as_text() -> None:
    assert read({"code": "190"}).code == 190


@pytest.mark.parametrize("answer", [None, [], "text", 1])
def test_any_answer_can_be_read(answer: object) -> None:
    assert read_refusal(502, {}, answer) == Refusal(502)


USAGE = '{{"1":[{{"type":"messenger","estimated_time_to_regain_access":{}}}]}}'
WAITS = [
    (USAGE.format(19), timedelta(minutes=19)),
    (USAGE.format(0), None),
    (USAGE.format(10**9), timedelta(days=1)),
    (USAGE.format(-5), None),
    ('{"1":[{"estimated_time_to_regain_access":3},{"estimated_time_to_regain_access":7}]}', 7),
    ("", None),
    ("[]", None),
    ('{"1":null,"2":[null,{}]}', None),
    ("{" * 9000, None),
    ("[" * 90000, None),
]


@pytest.mark.parametrize(("usage", "wait"), WAITS, ids=range(len(WAITS)))
def test_the_wait_that_meta_names_is_read(usage: str, wait: timedelta | int | None) -> None:
    expected = timedelta(minutes=wait) if isinstance(wait, int) else wait
    assert read({"code": 4}, X_Business_Use_Case_Usage=usage).wait == expected


def test_a_gateway_may_name_the_wait_in_seconds() -> None:
    assert read(None, 503, Retry_After="90").wait == timedelta(seconds=90)
    assert read(None, 503, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT").wait is None


def test_throttling_waits_as_long_as_meta_says_or_some_minutes() -> None:
    told = ERRORS.explain(Refusal(400, 613, wait=timedelta(minutes=19)))
    untold = ERRORS.explain(Refusal(400, 613))
    assert isinstance(told, SendError)
    assert isinstance(untold, SendError)
    assert told.retry_after == timedelta(minutes=19)
    assert untold.retry_after == timedelta(minutes=5)


def test_a_block_waits_long() -> None:
    error = ERRORS.explain(refused(368))
    assert isinstance(error, SendError)
    assert error.retry_after == timedelta(hours=1)


def test_a_code_means_what_the_product_says_and_elsewhere_what_it_says_for_all() -> None:
    other = ErrorTable("Pigeons", "loft", Rows(by_code={230: Verdict.THROTTLED}).over(COMMON))
    judged = [table.judge(refused(230)) for table in (ERRORS, other, GRAPH)]
    assert judged == [Verdict.NOT_ALLOWED, Verdict.THROTTLED, Verdict.CREDENTIALS]
    assert other.judge(refused(190)) is Verdict.CREDENTIALS


def test_what_no_row_lists_is_the_products_own_to_say() -> None:
    strict = ErrorTable("Pigeons", "loft", unlisted=Verdict.REJECTED)
    assert [table.judge(refused(131999)) for table in (strict, ERRORS)] == [
        Verdict.REJECTED,
        Verdict.TRANSIENT,
    ]
    assert strict.judge(refused(None, status=502)) is Verdict.UNREACHABLE


@pytest.mark.parametrize("verdict", Verdict)
def test_sentences_name_the_product_and_its_accounts(verdict: Verdict) -> None:
    reason = ErrorTable("Pigeons", "island").as_error(verdict).reason
    assert "{" not in reason
    assert "Facebook" not in reason
    assert "page" not in reason
    assert "a island" not in reason
