"""The one visual language of pictures and pages: colours safe for colour-blind readers, type, axes."""

from typing import Any

# Name -> (colour on a light ground, colour on a dark ground). Pictures are drawn in the light ones; on a page
# each is a variable of the style sheet, so that one drawing serves both grounds.
PALETTE = {
    "ground": ("#ffffff", "#14181d"),
    "ink": ("#1f2933", "#e4e8ed"),
    "muted": ("#5f6b7a", "#a3aebb"),
    "faint": ("#b8c0cc", "#566270"),
    "grid": ("#e6e9ee", "#2a323b"),
    "up": ("#d55e00", "#ff8a3d"),  # positive bubbles vermilion, negative ones blue (Okabe and Ito)
    "down": ("#0072b2", "#56b0ea"),
    "critical-time": ("#7a4fa3", "#bd9ae6"),
    "stable": ("#009e73", "#3ccfa0"),
    "present": ("#e69f00", "#ffc04d"),
    "risk": ("#1d4ed8", "#8fb3ff"),  # the second axis: chances of a fall
}
GROUND, INK, MUTED, FAINT, GRID, UP, DOWN, CRITICAL_TIME, _, _, RISK = (
    light for light, _ in PALETTE.values()
)

# Level or status -> (text on a light ground, text on a dark ground); never the only carrier of meaning.
LEVEL_COLOURS = {
    "critical": ("#b3260b", "#ff8f73"),
    "warning": ("#8a5a00", "#f2c14e"),
    "watch": ("#00598c", "#6cb8ec"),
    "calm": ("#4b5563", "#a9b4c2"),
    "stretched": ("#7d4a12", "#dcae74"),
    "no verdict": ("#5f6775", "#98a2af"),
}

# Cells of the map of a list: from cool to critical, darker on a light ground and brighter on a dark one.
HEAT = {
    "cool": ("#eff1f4", "#222930"),
    "heat-1": ("#fbe3a0", "#4d3d18"),
    "heat-2": ("#f2ad3b", "#94660f"),
    "heat-3": ("#d2571c", "#db6a2e"),
    "heat-4": ("#861a12", "#ff9b80"),
}

RC: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9.5,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.titley": 1.0,  # where it stands anyhow: no ticks are above, and to look for them takes time
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "ytick.minor.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "figure.facecolor": GROUND,
    "savefig.facecolor": GROUND,
    "savefig.dpi": 110,
    "svg.fonttype": "none",  # text stays text: readable to a screen reader, in every script the reader has
    "svg.hashsalt": "lppl-scanner",
}
