"""Renew the usage lines and option tables of docs/commands.md from the commands themselves.

Run ``python scripts/command_pages.py`` after an option has changed; what stands between the markers is made
here, the sentences and examples around them are written by hand.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from scanners.cli import COMMANDS, cli

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
MARKED = re.compile(r"<!-- options of (lppl [a-z -]+) -->\n(.*?)<!-- end -->\n", re.DOTALL)
DEFAULT = re.compile(r"\s*\[default: (.*?)\]\.?$")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its full name."""
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group):
            for part in command.list_commands(click.Context(command)):
                yield f"lppl {name} {part}", command.get_command(click.Context(command), part)
        else:
            yield f"lppl {name}", command


def block(name: str, command: click.Command) -> str:
    """Return the usage line and the table of options of a command."""
    arguments = [item for item in command.params if isinstance(item, click.Argument)]
    options = [item for item in command.params if isinstance(item, click.Option) and not item.hidden]
    words = " ".join(item.metavar or item.name.upper() for item in arguments)
    usage = f"    {name}{' ' + words if words else ''}{' [OPTIONS]' if options else ''}\n"
    if not options:
        return f"<!-- options of {name} -->\n{usage}<!-- end -->\n"
    rows = "".join(f"| {_spelled(item)} | {' | '.join(_meaning(item))} |\n" for item in options)
    head = "| option | default | meaning |\n|---|---|---|\n"
    return f"<!-- options of {name} -->\n{usage}\n{head}{rows}<!-- end -->\n"


def _spelled(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.metavar or _kind(option.type)}"
    return " ".join(f"`{name}{_escaped(value)}`" for name in option.opts)


def _kind(kind: click.ParamType) -> str:
    if isinstance(kind, click.Choice):
        return "|".join(kind.choices)
    if isinstance(kind, click.DateTime):
        return "DATE"
    return {"integer range": "NUMBER", "integer": "NUMBER", "float range": "NUMBER"}.get(
        kind.name, kind.name.upper()
    )


def _meaning(option: click.Option) -> tuple[str, str]:
    said = " ".join((option.help or "").split())
    found = DEFAULT.search(said)
    if found:
        said, default = said[: found.start()], found[1]
    else:
        default = str(option.default) if option.show_default and option.default is not None else ""
    return _escaped(default), _escaped(said) + (" May be repeated." if _silently_many(option, said) else "")


def _silently_many(option: click.Option, said: str) -> bool:
    return option.multiple and "repeated" not in said


def _escaped(text: str) -> str:
    return text.replace("|", r"\|")


def renewed(text: str) -> str:
    """Return the page with every marked block as it must be."""
    known = dict(commands())

    def make(match: re.Match[str]) -> str:
        if match[1] not in known:
            sys.exit(f"docs/commands.md documents {match[1]}, which does not exist")
        return block(match[1], known[match[1]])

    return MARKED.sub(make, text)


def missing(text: str) -> list[str]:
    """Return the commands that have no block on the page."""
    there = {match[1] for match in MARKED.finditer(text)}
    return [name for name, _ in commands() if name not in there]


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    PAGE.write_text(renewed(page), "utf-8")
    for name in missing(page):
        print(f"docs/commands.md says nothing of {name}: add a section with")
        print(f"<!-- options of {name} -->\n<!-- end -->")
