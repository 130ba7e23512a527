import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.processes.children import live_together

# Both ends of a named pipe open at the same moment: so each program knows that the other is ready.
_FALLS = "import sys; open(sys.argv[1]).close(); sys.exit(3)"
_ENDS = "import sys; open(sys.argv[1], 'w').close(); import signal; signal.pause()"
_STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_ENDS}"
_ASKS = (
    "import os, signal, sys; open(sys.argv[1]).close();"
    "os.kill(os.getppid(), signal.{}); signal.pause()"
)


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    os.mkfifo(tmp_path / "pipe")
    return str(tmp_path / "pipe")


def _program(code: str, pipe: str) -> tuple[str, ...]:
    return sys.executable, "-c", code, pipe


async def test_one_that_falls_takes_the_others_down(
    pipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    went_well = await live_together(
        {"web": _program(_FALLS, pipe), "worker": _program(_ENDS, pipe)}, os.environ
    )
    assert not went_well
    assert capsys.readouterr().out == "web ended with status 3; stopping the others.\n"


async def test_one_that_will_not_stop_is_killed(
    pipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    went_well = await live_together(
        {"web": _program(_FALLS, pipe), "worker": _program(_STUBBORN, pipe)},
        os.environ,
        patience=timedelta(milliseconds=50),
    )
    assert not went_well
    assert "worker did not finish in time and was killed.\n" in capsys.readouterr().out


@pytest.mark.parametrize("by", ["SIGINT", "SIGTERM", "SIGHUP"])
async def test_all_stop_when_asked(pipe: str, by: str) -> None:
    assert await live_together(
        {"web": _program(_ASKS.format(by), pipe), "worker": _program(_ENDS, pipe)},
        os.environ,
    )
