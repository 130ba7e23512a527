import logging

import pytest

from bot.edge.sampled_log import SampledLog


def test_a_flood_is_a_line_a_minute_with_how_many_there_were(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    log = SampledLog(logging.getLogger("tests"), "refused", clock=lambda: now[0])
    for moment in (*range(60), 60, 61, 200):
        now[0] = float(moment)
        log.say(number=moment)
    written = [vars(record) for record in caplog.records]
    assert [one["number"] for one in written] == [0, 60, 200]
    assert [one["count"] for one in written] == [1, 60, 2]
