"""Pictures of what the chances of a fall were worth: reliability, skill through time, lift by C."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scanners.risk.reliability import reliability
from scanners.risk.scores import brier, ratio, skill

SHOWN = ("10_60", "20_120", "30_250", "1.5s_60")
BANDS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 1.01)


def draw(arrays, frame, cells, folder):
    """Write the three pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in (("reliability", _reliability), ("skill", _skill), ("lift", _lift)):
        figure = picture(arrays, frame, cells)
        FigureCanvasAgg(figure)
        figure.savefig(folder / f"risk_{name}.png", dpi=80)


def _known(arrays, cells, name, rows=None):
    j, k = cells[name]
    known = ~np.isnan(arrays["followed"][:, j, k])
    return known if rows is None else known & rows


def _title(name):
    size, horizon = name.split("_")
    return (
        f"{size[:-1]} sigma" * size.endswith("s") + f"{size}%" * (not size.endswith("s")) + f" in {horizon}"
    )


def _reliability(arrays, frame, cells):
    figure = Figure(figsize=(10, 10), layout="constrained")
    for place, name in enumerate(SHOWN):
        ax = figure.add_subplot(2, 2, place + 1)
        j, k = cells[name]
        known = _known(arrays, cells, name)
        stated, came = arrays["chance"][known, j, k], arrays["followed"][known, j, k]
        found = reliability(stated, came, frame["half_year"].to_numpy()[known])
        ax.fill_between(found.stated, found.low, found.high, color="0.85", label="90% if all were right")
        ax.plot([0, 1], [0, 1], color="0.6", lw=0.8)
        ax.plot(found.stated, found.followed, color="tab:red", label="followed")
        ax.hist(stated, bins=40, weights=np.full(stated.size, 1 / stated.size), color="tab:blue", alpha=0.3)
        ax.set(xlabel="stated chance", ylabel="share that followed", title=f"fall of {_title(name)} sessions")
        ax.legend(loc="upper left")
    return figure


def _skill(arrays, frame, cells):
    figure = Figure(figsize=(10, 5), layout="constrained")
    ax = figure.add_subplot()
    years = frame["date"].dt.year.to_numpy() // 5 * 5
    for offset, name in enumerate(SHOWN):
        j, k = cells[name]
        known = _known(arrays, cells, name)
        at, values = [], []
        for year in np.unique(years):
            rows = known & (years == year)
            y = arrays["followed"][rows, j, k]
            losses = [brier(arrays[part][rows, j, k], y) for part in ("chance", "own")]
            one = skill(*losses, frame["half_year"].to_numpy()[rows], 299)
            at.append(year + offset)
            values.append((one.value, max(one.value - one.low, 0), max(one.high - one.value, 0)))
        middle, low, high = np.array(values).T
        ax.errorbar(at, middle, yerr=[low, high], fmt="o", ms=4, lw=1, label=_title(name))
    ax.axhline(0, color="0.6", lw=0.8)
    ax.set(ylim=(-0.6, 1.0), xlabel="five years from", ylabel="Brier skill over the own base rate")
    ax.legend()
    return figure


def _lift(arrays, frame, cells):
    figure = Figure(figsize=(10, 5), layout="constrained")
    place = np.searchsorted(BANDS, frame["C"].to_numpy(), side="right") - 1
    for column, name in enumerate(("1.5s_60", "10_60")):
        ax = figure.add_subplot(1, 2, column + 1)
        j, k = cells[name]
        for shift, part, words in ((-0.1, "plain", "volatility and trend"), (0.1, "chance", "with C")):
            found = []
            for band in range(len(BANDS) - 1):
                rows = _known(arrays, cells, name, place == band)
                clusters = frame["half_year"].to_numpy()[rows]
                found.append(ratio(arrays["followed"][rows, j, k], arrays[part][rows, j, k], clusters, 299))
            at = np.arange(len(found)) + shift
            middle = np.array([one.value for one in found])
            spread = [[one.value - one.low for one in found], [one.high - one.value for one in found]]
            ax.errorbar(at, middle, yerr=spread, fmt="o", label=words)
        ax.axhline(1, color="0.6", lw=0.8)
        ax.set_xticks(range(len(BANDS) - 1), [f"{low:g}-" for low in BANDS[:-1]])
        ax.set(
            xlabel="C", ylabel="observed / expected", title=f"fall of {_title(name)} sessions", ylim=(0, 3)
        )
        ax.legend()
    return figure
