"""Rising lines through earlier lows: drawn at a date, held out of sample, and broken by random walks too."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from earlywarning._kernels.support import support_lines
from earlywarning.core.input_checks import Series, finite_values, whole_number
from earlywarning.core.plain_values import label, plain

FEWEST = 60
SWING, MARGIN = 3.0, 1.0  # standard deviations of a step: of a confirmed low, and below a line that breaks
WARM, BACK = 36, 240


@dataclass(frozen=True)
class SupportLine:
    """A line through two earlier lows.

    Attributes
    ----------
    first, second, drawn, broken : int
        Positions of the lows, of the drawing and of the break; -1 while it holds.
    level, slope : float
        At the second low, and per observation, in the units of the series (logs where it was taken in logs).
    first_label, second_label, drawn_label, broken_label : str
        Labels of the positions; empty while it holds.
    """

    first: int
    second: int
    drawn: int
    broken: int
    level: float
    slope: float
    first_label: str
    second_label: str
    drawn_label: str
    broken_label: str

    def at(self, position: float) -> float:
        """Return the line at a position."""
        return self.level + self.slope * (position - self.second)

    def held(self, now: int) -> int:
        """Return for how many observations it was held out of sample, to its break or to ``now``."""
        return (self.broken if self.broken >= 0 else now) - self.drawn

    def to_dict(self) -> dict[str, Any]:
        """Return the line as plain Python values."""
        return plain(asdict(self))


def rising_lines(x: Series, *, log: bool = True) -> tuple[SupportLine, ...]:
    """Return the rising lines through earlier lows, in the order of their drawing.

    Parameters
    ----------
    x : pandas.Series or array of shape (n,)
        Finite values at equal steps, at least 60; positive with ``log``.
    log : bool
        Draw in logs.

    Raises
    ------
    ValueError
        For missing values or too few points.

    Notes
    -----
    A low is confirmed when the series has risen by three standard deviations of its past steps above it. Its
    line goes back to the value of the twenty years of months before under which none lies; only rising lines
    are drawn. A line is never moved: it breaks when the series closes one standard
    deviation of a step below it. New observations change nothing that was said before them.
    """
    values, index = finite_values(x, "x", log=log, least=FEWEST)
    found = []
    for row in walk_lines(values):
        first, second, drawn, broken = (int(place) for place in row[:4])
        found.append(
            SupportLine(
                first=first,
                second=second,
                drawn=drawn,
                broken=broken,
                level=float(row[4]),
                slope=float(row[5]),
                first_label=label(index, first),
                second_label=label(index, second),
                drawn_label=label(index, drawn),
                broken_label=label(index, broken) if broken >= 0 else "",
            )
        )
    return tuple(found)


def walk_breaks(n: int, *, held: int, within: int, walks: int = 400, seed: int = 0) -> tuple[float, float]:
    """Return how often driftless random walks break such lines.

    Parameters
    ----------
    n : int
        Length of the walks.
    held : int
        Only lines held at least so long count.
    within : int
        Observations at the end for the first share.
    walks, seed : int

    Returns
    -------
    tuple of float
        Share of walks with such a break in the last ``within`` observations; breaks per observation.
    """
    whole_number(walks, "walks", 19)
    rng = np.random.default_rng(seed)
    late, total = 0, 0
    for _ in range(walks):
        lines = walk_lines(np.cumsum(rng.standard_normal(n)))
        broken = lines[(lines[:, 3] >= 0) & (lines[:, 3] - lines[:, 2] >= held)]
        total += len(broken)
        late += bool((broken[:, 3] > n - 1 - within).any())
    return (late + 1) / (walks + 1), total / (walks * n)


def walk_lines(values: np.ndarray) -> np.ndarray:
    """Return the lines of finite values as rows of places and numbers, as the kernel has them."""
    return support_lines(np.ascontiguousarray(values), SWING, MARGIN, WARM, BACK)
