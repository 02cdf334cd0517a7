"""The skill tables for a terminal; in a pipe they are Markdown, as the documentation has them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted

if TYPE_CHECKING:
    from scanners.past.skill.tables import TextTable


def parts(tables: "Sequence[TextTable]", width: int) -> Iterator[Any]:
    """Yield title and table by turns, fitted to a terminal of this width."""
    for table in tables:
        yield Text(table.title, style="bold")
        yield fitted([Column(name, wraps=True) for name in table.columns], table.rows, width)
        yield ""


def markdown(tables: "Sequence[TextTable]") -> Iterator[str]:
    """Yield each table with its title as Markdown."""
    for table in tables:
        yield f"{table.title}\n\n{table.markdown()}\n"
