"""How much of several systems' variance is one common move, and whether that changed."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems.reading import Outcome, Reading
from scanners.systems.sampling import changes, day, too_short
from scanners.systems.shelf import Shelf


def absorption(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether the absorption ratio of the last window is unusual for reshuffled histories."""
    from earlywarning.macro.feedback_nulls import stationary_order

    names = list(inputs["series"])
    steps = changes(shelf, names, options.every, options.start)
    need = 2 * options.window
    if len(steps) < need:
        return Outcome(
            Reading(
                status="too short",
                evidence=too_short(
                    len(steps), need, f"common changes from {options.every} to {options.every}"
                ),
            )
        )
    values = steps.to_numpy()
    window = options.window
    ratios = np.array([_ratio(values[end - window : end]) for end in range(window, len(values) + 1)])
    path = pd.Series(ratios, index=steps.index[window - 1 :])
    rng = np.random.default_rng(0)
    block = len(values) ** (1 / 3)
    order = stationary_order(rng, len(values), options.draws, block)[:, :window]
    null = np.array([_ratio(values[rows]) for rows in order])
    own = stationary_order(rng, window, options.draws, max(1.0, window ** (1 / 3)))
    around = np.array([_ratio(values[-window:][rows]) for rows in own])
    now = ratios[-1]
    low, high = 2 * now - np.quantile(around, [0.975, 0.025])
    p_value = min(1.0, 2 * (1 + min((null <= now).sum(), (null >= now).sum())) / (1 + len(null)))
    usual = float(np.median(null))
    state = "as usual" if p_value > 0.05 else ("coupled" if now > usual else "decoupled")
    bounds = np.quantile(null, [0.025, 0.975])
    sides = np.digitize(path.to_numpy(), bounds)
    other = np.flatnonzero(sides != sides[-1])
    reading = Reading(
        state=state,
        since=day(path.index[other[-1] + 1 if len(other) else 0]) if state != "as usual" else "",
        evidence=(
            f"The first common move carries {now:.0%} of the variance of {', '.join(names)} over the last "
            f"{window} {options.every}s; reshuffled histories {usual:.0%} (p = {p_value:.3f}). "
            f"Equal and unrelated series would show about {1 / len(names):.0%}."
        ),
        estimate=f"absorption ratio {now:.2f} [{max(low, 0):.2f}, {min(high, 1):.2f}]",
        distance=f"{now - usual:+.2f} from its usual value",
        mind="A ratio that reshuffled histories show in more, or in less, than one case in twenty.",
        p_value=p_value,
        value=float(now),
        last=day(steps.index[-1]),
        numbers={"ratio": float(now), "usual": usual},
    )
    return Outcome(reading, lambda ax: _draw(path, bounds, ax))


def _ratio(rows: np.ndarray) -> float:
    """Return the share of the first component of standardised changes."""
    values = np.linalg.eigvalsh(np.corrcoef(rows, rowvar=False))
    return float(values[-1] / values.sum())


def _draw(path: pd.Series, bounds: np.ndarray, ax: Any) -> Any:
    ax.axhspan(*bounds, color=style.GRID, label="95% of reshuffled histories")
    ax.plot(path.index, path, color=style.DOWN, linewidth=1.2, label="absorption ratio")
    ax.legend(loc="upper left", ncols=2)
    return ax
