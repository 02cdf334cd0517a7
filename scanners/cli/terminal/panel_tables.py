"""What ``lppl panel`` shows in the terminal."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted, name_of
from scanners.scan.together import LEVEL, Together


def parts(found: Together, width: int) -> Iterator[Any]:
    """Yield the answer in words, then the series, the episodes, and what was left out."""
    members = found.test.members
    first, last = (f"{members.index[place]:%Y-%m-%d}" for place in (0, -1))
    yield Text(f"{members.shape[1]} series, {len(members)} weeks, {first} to {last}")
    yield Text(_answer(found))
    rows: list[list[Text | str]] = [[name_of(str(name)), f"{value:.2f}"] for name, value in found.now.items()]
    yield from ("", fitted((Column("series"), Column("BSADF in the last week", right=True)), rows, width))
    if found.episodes:
        yield from ("", fitted(_EPISODE, [_episode(each) for each in found.episodes], width))
    yield from (Text.assemble("left out ", name_of(name), f": {why}") for name, why in found.left_out)


def _answer(found: Together) -> str:
    critical = found.critical.at(LEVEL)
    held = (
        f"the largest mean of their backward sup ADF is {found.test.statistic:.2f}, "
        f"chance reaches {critical:.2f} in 5% of such panels (p = {found.p_value:.3f})"
    )
    if found.test.statistic <= critical:
        return f"Not explosive together: {held}."
    now = "now" if found.episodes and found.episodes[-1].ongoing else "not now"
    return f"Explosive together in these weeks, {now}: {held}."


_EPISODE = tuple(map(Column, ("explosive together from", "to", "peak", "mean BSADF", "direction")))


def _episode(each: Any) -> list[str]:
    end = f"{each.end_label}{', ongoing' if each.ongoing else ''}"
    return [each.start_label, end, each.peak_label, f"{each.statistic:.2f}", each.direction]
