import os
import signal
import subprocess
import sys

from bot.processes.lifeline import watch

_CHILD = """
import os, signal
from bot.processes.lifeline import watch
watch(int(os.environ["LIFELINE_FD"]))
print("watching", flush=True)
signal.pause()
"""


def test_a_child_ends_when_the_other_end_is_closed() -> None:
    reading, writing = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        env={"LIFELINE_FD": str(reading)},
        pass_fds=(reading,),
        stdout=subprocess.PIPE,
    )
    os.close(reading)
    with child:
        assert child.stdout
        assert child.stdout.readline() == b"watching\n"
        os.close(writing)
    assert child.returncode == -signal.SIGTERM


def test_without_a_lifeline_nothing_is_watched() -> None:
    watch(None)
