"""What ``lppl risk`` shows in the terminal."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted, name_of
from scanners.core.figures import chance_of, factor
from scanners.risk.result import FallRisk, cell
from scanners.risk.sizes import headline, words


def parts(name: str, found: FallRisk, width: int) -> Iterator[Any]:
    """Yield the answer in a sentence, a table of chances, what moves them, and what limits them."""
    yield Text.assemble(name_of(name, "bold"), f", {found.as_of}")
    size, horizon = headline(found.asset_class)
    yield Text(found.sentence(size, horizon))
    if found.status != "ok":
        return
    yield from ("", _chances(found, width), Text("chance in 100, in brackets what is usual", style="dim"))
    yield from ("", _factors(found, horizon, width))
    if found.note:
        yield Text(f"note: {found.note}")


def _chances(found: FallRisk, width: int) -> Any:
    heads = [Column("fall of"), *(Column(f"{horizon} sessions", right=True) for horizon in found.table)]
    rows = [
        [words(size), *(f"{chance_of(now)} ({chance_of(usual)})" for now, usual in zip(*both, strict=True))]
        for size, both in (
            (size, (found.table.loc[size], found.usual.loc[size])) for size in found.table.index
        )
    ]
    return fitted(heads, rows, width)


def _factors(found: FallRisk, horizon: int, width: int) -> Any:
    heads = [
        Column(f"odds within {horizon} sessions"),
        *(Column(words(size), right=True) for size in found.sizes),
    ]
    names = {"volatility": "volatility", "trend": "trend", "bubble": "bubble shape", "series": "this series"}
    rows = [
        [label, *(factor(cell(found.factors[name], size, horizon)) for size in found.sizes)]
        for name, label in names.items()
    ]
    return fitted(heads, rows, width)
