"""``lppl config``: the effective configuration and where each value comes from."""

import json
from pathlib import Path
from typing import Any

import click

from scanners.cli.configured import config_option
from scanners.core.errors import CommandError


@click.group(short_help="Show or check the configuration.")
def command() -> None:
    """Show or check the configuration: defaults < scanner.toml < environment (LPPL_MAIL__PORT) < options."""


@command.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of TOML.")
@click.option("--changed", is_flag=True, help="Leave out what has its default.")
def show(config: Path | None, as_json: bool, changed: bool) -> None:
    """Print every setting and where its value comes from, as a valid scanner.toml; secrets are left out."""
    from scanners.config.layers import load
    from scanners.config.secrets import masked

    found = [item for item in load(config).listed() if not changed or item[2] != "default"]
    if as_json:
        shown = {key: {"value": masked(key, value), "from": origin} for key, value, origin in found}
        click.echo(json.dumps(shown))
        return
    for key, value, origin in found:
        line = f"# {key} is not set" if value is None else f"{_key(key)} = {_toml(masked(key, value))}"
        hidden = "# " if masked(key, value) != value else ""
        click.echo(f"{hidden}{line}  # {origin}")


@command.command()
@config_option
def validate(config: Path | None) -> None:
    """Check the configuration; exit 1 and name the key, the rule and the source when one is broken."""
    from scanners.alerts.channels.registry import channel_of
    from scanners.config.layers import load
    from scanners.config.secrets import find_password, find_secret
    from scanners.config.settings import is_reference

    settings = load(config).settings
    mail = settings.mail
    asked = (each for route in settings.route for each in (*route.recipients, *route.notify))
    for recipient in dict.fromkeys(asked):
        channel_of(recipient).check(recipient, mail)
    if mail.username:
        find_password(mail)
    if is_reference(settings.ping.url):
        find_secret(settings.ping.url)
    if mail.ca_file and not Path(mail.ca_file).is_file():
        raise CommandError(f"mail.ca_file: there is no file {mail.ca_file}")
    click.echo("the configuration is valid")


def _key(dotted: str) -> str:
    return ".".join(
        part if part.replace("_", "").replace("-", "").isalnum() and part.isascii() else _toml(part)
        for part in dotted.split(".")
    )


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_key(key)} = {_toml(item)}" for key, item in value.items() if item is not None)
            + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
