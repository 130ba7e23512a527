"""Whatever happens, in whatever order: nobody reads what the rules do not give, all can go on."""

import itertools
from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.bot.histories import History
from tests.office import Office

HAPPENINGS = (
    "write", "write", "give", "reply", "mail", "answer", "link", "code", "associate", "unlink",
    "merge", "erase",
)  # fmt: skip
_sites = itertools.count()
step = st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 5), st.integers(0, 5))


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(step, min_size=4, max_size=25))
@example([("write", 0, 0), ("give", 0, 0), ("reply", 0, 0), ("mail", 0, 0), ("link", 1, 0),
          ("write", 1, 0), ("give", 1, 1), ("link", 2, 0), ("code", 1, 0), ("code", 0, 0),
          ("write", 0, 0)])  # fmt: skip
@example([("write", 0, 0), ("give", 0, 0), ("link", 1, 0), ("write", 0, 0), ("link", 0, 0),
          ("write", 0, 0), ("write", 1, 0)])  # fmt: skip
@example([("write", 0, 0), ("give", 0, 0), ("link", 1, 0), ("give", 1, 1), ("link", 5, 0),
          ("write", 1, 0), ("write", 2, 0)])  # fmt: skip
@example([("write", 0, 0), ("give", 0, 0), ("answer", 1, 0), ("answer", 0, 0), ("write", 0, 0),
          ("link", 0, 0), ("erase", 0, 0)])  # fmt: skip
def test_nobody_reads_what_the_rules_do_not_give(
    office: Office, history: list[tuple[str, int, int]]
) -> None:
    office.rules = replace(office.rules, enabled=False)
    told = History(office, f"https://shop{next(_sites)}.example")
    for name, who, what in history:
        told.do(name, who, what)
    told.go_on()
