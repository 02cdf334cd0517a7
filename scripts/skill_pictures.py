"""Draw the pictures of docs/skill.md from the measured figures in docs/skill.

python scripts/skill_pictures.py
"""

import sys

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from risk_results import RESULTS, read

IMAGES = RESULTS.parent / "images"
EVENTS = {"1.5s_60": "fall of 1.5 sigma in 60 sessions", "10_60": "fall of 10% in 60 sessions"}
COLOURS = {"real": "#d55e00", "with": "#1f2933", "block": "#0072b2", "garch": "#009e73"}
LABELS = {
    "real": "by volatility and trend",
    "with": "with the factor for C",
    "block": "no bubbles: shuffled blocks",
    "garch": "no bubbles: GARCH",
}


def axes(columns, width=9.0, height=3.8):
    """Return a figure and its axes."""
    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    found = np.atleast_1d(figure.subplots(1, columns, sharey=True))
    for ax in found:
        ax.spines[["top", "right"]].set_visible(False)
    return figure, found


def points(ax, rows, event, key, shift):
    """Draw ratios over those of all looks with their intervals, one row beside another."""
    told = [
        (k, row[event])
        for k, row in enumerate(rows.values())
        if row[event] and row[event]["relative_interval"]
    ]
    at = np.array([k for k, _ in told]) + shift
    middle = np.array([one["relative"] for _, one in told])
    spans = np.array([one["relative_interval"] for _, one in told]).reshape(-1, 2)
    ax.errorbar(
        at,
        middle,
        yerr=np.abs(spans.T - middle),
        fmt="o",
        markersize=4,
        color=COLOURS[key],
        capsize=2,
        linewidth=1,
        label=LABELS[key],
    )


def lift_by_confidence(evidence):
    """Return the picture of falls over those expected, by C."""
    figure, found = axes(len(EVENTS))
    real = evidence["real"]
    shown = {
        "real": real["bands"],
        "with": real["bands_with_bubble"],
        "block": evidence["block"]["bands"],
        "garch": evidence["garch"]["bands"],
    }
    for ax, (event, title) in zip(found, EVENTS.items(), strict=True):
        for k, (key, rows) in enumerate(shown.items()):
            points(ax, rows, event, key, 0.18 * (k - 1.5))
        ax.axhline(1.0, color="#b8c0cc", linewidth=1, zorder=0)
        ax.set_title(title, fontsize=10)
        ax.set_xticks(range(len(real["bands"])), list(real["bands"]), rotation=30, ha="right", fontsize=8)
        ax.set_xlabel("C, share of windows with the shape")
        ax.set_ylim(0, 3.5)
    found[0].set_ylabel("observed / expected, over all looks")
    found[-1].legend(frameon=False, fontsize=8, loc="upper left")
    return figure


def rules(told):
    """Return the picture of what followed the first looks of each level, beside panels without bubbles."""
    figure, found = axes(2)
    for ax, (event, title) in zip(
        found, {"1.5s_60": "fall of 1.5 sigma in 60", "20_120": "fall of 20% in 120"}.items(), strict=True
    ):
        for k, key in enumerate(("real", "block", "garch")):
            rows = {
                name: {event: one.get(event, {}).get("onsets")} for name, one in told[key]["levels"].items()
            }
            points(ax, rows, event, key, 0.2 * (k - 1))
        ax.axhline(1.0, color="#b8c0cc", linewidth=1, zorder=0)
        ax.set_title(title, fontsize=10)
        ax.set_xticks(range(3), list(told["real"]["levels"]))
        ax.set_ylim(0, 4)
    found[0].set_ylabel("observed / expected on first looks, over all looks")
    found[-1].legend(frameon=False, fontsize=8, loc="upper left")
    return figure


def main():
    IMAGES.mkdir(exist_ok=True)
    for name, figure in {
        "lift_by_confidence": lift_by_confidence(read("evidence")),
        "levels": rules(read("rules")),
    }.items():
        path = IMAGES / f"{name}.png"
        figure.savefig(path, metadata={"Software": None})
        print(path, file=sys.stderr)


if __name__ == "__main__":
    main()
