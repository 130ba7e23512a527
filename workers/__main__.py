"""`python -m workers`: one worker process."""

import sys

import click

from bot.processes.lifeline import watch
from bot.runtime.failpoints import arm
from bot.runtime.logs import set_up_logs
from bot.wiring.ground import redis_url
from bot.wiring.settings import read_settings
from config.settings import SettingsError
from workers.runner import run


def main() -> int:
    """Work until SIGTERM or SIGINT; the value is the exit status."""
    try:
        settings = read_settings()
    except SettingsError as error:
        click.echo(str(error), err=True)
        return 1
    set_up_logs(settings)
    watch(settings.lifeline_fd)
    arm(settings.failpoint)
    run(redis_url(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
