"""Looking after an installation: is it well, what can be set, what does it do with a recording."""

import json
from pathlib import Path
from typing import TextIO

import click

from bot.cli.start import start
from config.settings import SettingsError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def check(*, as_json: bool) -> None:
    """Say what works, what is missing and what to do. Exit status 1 if anything is broken."""
    from bot.findings import State, broken
    from bot.ops.check.examine import examine
    from bot.runtime.logs import set_up_logs
    from bot.wiring.ground import now
    from bot.wiring.settings import read_settings

    try:
        settings = read_settings()
    except SettingsError as error:
        findings = iter([broken("configuration", str(error))])
    else:
        set_up_logs(settings)
        findings = examine(settings, now())
    is_broken = False
    for finding in findings:
        is_broken |= finding.state is State.BROKEN
        click.echo(json.dumps(finding.as_dict()) if as_json else finding.as_line())
    if is_broken:
        raise click.exceptions.Exit(1)


@click.command()
def configuration() -> None:
    """Print what can be set, as docs/configuration.md has it."""
    from channels import VARIABLES
    from config.reference import write_reference

    click.echo(write_reference(VARIABLES), nl=False)


@click.command("top-level-domains")
@click.argument("listed", metavar="FILE", type=click.File(encoding="ascii"))
def top_level_domains(listed: TextIO) -> None:
    """Renew the list of top-level domains from IANA's tlds-alpha-by-domain.txt ("-": piped in)."""
    from bot.core import top_level_domains as module
    from bot.ops.top_level_domains import NotTheListError, write_module

    try:
        written = write_module(listed.read())
    except (NotTheListError, UnicodeDecodeError):
        message = "This is not IANA's tlds-alpha-by-domain.txt; nothing was changed."
        raise click.ClickException(message) from None
    Path(module.__file__).write_text(written, encoding="ascii")
    click.echo("bot/core/top_level_domains.py is renewed: look at the change, then run the tests.")


@click.command("throwaway-domains")
@click.argument("listed", metavar="FILE", type=click.File(encoding="ascii"))
def throw_away_domains(listed: TextIO) -> None:
    """Renew the list of throw-away domains from disposable_email_blocklist.conf ("-": piped in)."""
    from bot.mail.throw_away import LIST, NotThatListError, write_list
    from bot.wiring.ground import now

    try:
        written = write_list(listed.read(), now().date())
    except (NotThatListError, UnicodeDecodeError):
        message = "This is no list of domains, one a line; nothing was changed."
        raise click.ClickException(message) from None
    LIST.write_text(written, encoding="ascii")
    click.echo("bot/mail/throw_away_domains.txt is renewed: look at the change.")


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
def replay(files: tuple[Path, ...]) -> None:
    """Post recorded deliveries to the local server."""
    from bot.ops.replay import post
    from bot.wiring.channels import given
    from channels.base import CannotReplayError

    handed = given(start())
    refused = False
    for file in files:
        try:
            answer = post(handed, file.read_bytes())
        except CannotReplayError as error:
            raise click.ClickException(str(error)) from None
        refused |= not answer.taken
        click.echo(f"{file}: {answer.words}")
    if refused:
        raise click.exceptions.Exit(1)
