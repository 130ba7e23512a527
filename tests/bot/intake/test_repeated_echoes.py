"""What a page says at once in many conversations is a program's, and answers nobody."""

from datetime import timedelta

from bot.core.arrivals import Arrival, EchoSeen
from bot.core.model import Author, VisitorKey
from bot.keeping import Keeper
from tests.office import PAGE, Office

AWAY = "Thanks for  writing! We are closed today."


def visit(office: Office, name: str, echo: str, after: float = 20, page: str = PAGE) -> str:
    """Let a visitor write, and the page say something then; says who is taken for its writer."""
    place = VisitorKey("messenger", page, name)
    office.write("Hello", place)
    office.pass_time(60)
    at = office.now - timedelta(seconds=60 - after)
    report = EchoSeen(echo, at, office.now, app_id="263902037430900", automatic=None)
    office.receive_all([Arrival(place, report, f"e_{name}", b"raw")])
    [said] = office.rows("messages", provider_key=f"messenger/{page}/e_{name}")
    return str(said["author"])


def test_the_fourth_conversation_with_the_same_words_shows_that_nobody_wrote_them(
    office: Office,
) -> None:
    texts = (AWAY, AWAY.upper(), f" {AWAY}", AWAY)
    assert [visit(office, f"v{number}", text) for number, text in enumerate(texts)] == [
        Author.AGENT,
        Author.AGENT,
        Author.AGENT,
        Author.BOT,
    ]
    waiting = [row["waiting_since"] is not None for row in office.rows("conversations")]
    assert waiting == [False, False, False, True]
    assert visit(office, "late", AWAY, after=-5) == Author.AGENT
    assert visit(office, "elsewhere", AWAY, page="1002") == Author.AGENT
    assert visit(office, "other", "I have looked it up for you.") == Author.AGENT


def test_a_month_later_they_count_no_more(office: Office) -> None:
    for number in range(3):
        visit(office, f"v{number}", AWAY)
    office.pass_time(31 * 86_400)
    assert visit(office, "fresh", AWAY) == Author.AGENT
    Keeper(office.database, lambda: office.now).work()
    assert office.count("page_echoes") == 1


def test_in_one_delivery_they_count_in_their_order(office: Office) -> None:
    arrivals = []
    for number in range(4):
        place = VisitorKey("messenger", PAGE, f"v{number}")
        arrivals.append(office.arrival("Hello", place))
        report = EchoSeen(AWAY, office.now + timedelta(seconds=9), office.now, automatic=None)
        arrivals.append(Arrival(place, report, f"e_{number}", b"raw"))
    office.receive_all(arrivals)
    echoes = office.rows("messages", text=AWAY)
    assert [row["author"] for row in echoes] == ["agent", "agent", "agent", "bot"]
    assert office.count("page_echoes") == 4
