"""Which system moves first: whether one's change predicts another's next, beyond its own last."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.report import style
from scanners.systems.power_events import lead_power
from scanners.systems.reading import Outcome, Reading
from scanners.systems.sampling import day, levels, sampled, together, too_short
from scanners.systems.shelf import Shelf


def lead_lag(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return the directed links that are established, with the chance among all ordered pairs kept at 5%."""
    names = list(inputs["series"])
    steps, after = lagged_changes(shelf, names, options.every, options.start)
    if len(steps) < options.window:
        return Outcome(
            Reading(
                status="too short",
                evidence=too_short(
                    len(steps), options.window, f"common changes from {options.every} to {options.every}"
                ),
            )
        )
    values, later = steps.to_numpy()[-options.window :], after.to_numpy()[-options.window :]
    n = len(values) - 1
    correlations, null = linked(values, later, options.draws)
    pairs = {pair: (names[pair[0]], names[pair[1]]) for pair in correlations}
    shares = (1 + (null >= np.abs(list(correlations.values()))[:, None]).sum(axis=1)) / (1 + null.shape[1])
    links = {pairs[pair]: (r, float(p)) for (pair, r), p in zip(correlations.items(), shares, strict=True)}
    kept = [pairs[pair] for pair in established(correlations, null)]
    strongest = min(links, key=lambda pair: (links[pair][1], -abs(links[pair][0])))
    ordered = sorted(links.items(), key=lambda item: item[1][1])
    listed = ", ".join(f"{a} to {b} {r:+.2f} (p = {p:.3f})" for (a, b), (r, p) in ordered)
    found = "; ".join(f"{a} leads {b}" for a, b in kept) or "No link is established"
    reading = Reading(
        state="lead" if kept else "no lead",
        evidence=f"{found} over {n} {options.every}s; a next change begins a session after the last one "
        f"ended, so that hours of closing are no lead. All pairs: {listed}.",
        estimate=f"strongest {strongest[0]} to {strongest[1]}: {links[strongest][0]:+.2f}",
        mind=f"A link beyond the strongest of {len(links)} in 95% of histories without one, or no longer so.",
        p_value=links[strongest][1],
        power=lead_power(n, len(links)),
        last=day(steps.index[-1]),
        numbers={f"{a} to {b}": {"correlation": r, "p": p} for (a, b), (r, p) in links.items()},
    )
    return Outcome(reading, lambda ax: _draw(links, kept, ax))


def linked(
    values: np.ndarray, later: np.ndarray, draws: int
) -> tuple[dict[tuple[int, int], float], np.ndarray]:
    """Return the partial correlation of each ordered pair, and the sizes of those of reshuffled histories.

    Parameters
    ----------
    values, later : numpy.ndarray, shape (n + 1, k)
        Changes, and those that a lead is looked for in.
    draws : int
        Reshuffled histories, the same for all pairs, shape (pairs, draws).
    """
    from earlywarning.macro.feedback_nulls import stationary_order

    n, k = len(values) - 1, values.shape[1]
    order = stationary_order(np.random.default_rng(0), n, draws, n ** (1 / 3))
    found, null = {}, []
    for i, j in ((i, j) for i in range(k) for j in range(k) if i != j):
        own = np.column_stack([np.ones(n), values[:-1, j]])
        left, right = (_without(own, column) for column in (later[1:, j], values[:-1, i]))
        found[i, j] = float(np.corrcoef(left, right)[0, 1])
        drawn = right[order]
        drawn -= drawn.mean(axis=1, keepdims=True)
        null.append(np.abs(drawn @ left) / np.sqrt(np.einsum("dt,dt->d", drawn, drawn) * (left @ left)))
    return found, np.array(null)


def established(
    correlations: dict[tuple[int, int], float], null: np.ndarray, size: float = 0.05
) -> list[tuple[int, int]]:
    """Return the pairs beyond the strongest of all that are left, step by step (Westfall & Young 1993).

    Holm's bounds lie between the few p-values that some hundred histories can show; the strongest of all
    pairs in each of them has no such steps, and knows that the pairs share their series.
    """
    pairs = list(correlations)
    ordered = sorted(range(len(pairs)), key=lambda place: -abs(correlations[pairs[place]]))
    kept = []
    for place, row in enumerate(ordered):
        strongest = null[ordered[place:]].max(axis=0)
        beyond = (strongest >= abs(correlations[pairs[row]])).sum()
        if (1 + beyond) / (1 + null.shape[1]) > size:
            break
        kept.append(pairs[row])
    return kept


def lagged_changes(
    shelf: Shelf, names: list[str], every: str, start: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return changes of several series over the same steps, and the same without the first session of each.

    A predictor that closes hours after its target has moved already when the target's step begins; without
    its first session the target's change shares no hour with the predictor's.
    """
    table = together([levels(shelf, name) for name in names], "day", start)
    ends = sampled(
        pd.Series(np.arange(len(table)), index=table.index), every, until=shelf.through(*names)
    ).to_numpy()
    values = table.to_numpy()
    whole = values[ends[1:]] - values[ends[:-1]]
    short = values[ends[1:]] - values[np.minimum(ends[:-1] + 1, ends[1:])]
    index = table.index[ends[1:]]
    return pd.DataFrame(whole, index), pd.DataFrame(short, index)


def _without(regressors: np.ndarray, values: np.ndarray) -> np.ndarray:
    return values - regressors @ np.linalg.lstsq(regressors, values, rcond=None)[0]


def _draw(links: dict, kept: list, ax: Any) -> Any:
    pairs = list(links)
    heights = [links[pair][0] for pair in pairs]
    colours = [style.UP if pair in kept else style.FAINT for pair in pairs]
    ax.barh([f"{a} to {b}" for a, b in pairs], heights, color=colours)
    ax.axvline(0.0, color=style.INK, linewidth=0.7)
    ax.set_position((0.27, 0.15, 0.7, 0.64))
    ax.set_xlabel("partial correlation with the other's next change")
    return ax
