"""The one visual language of pictures and pages: colours safe for colour-blind readers, type, axes."""

from typing import Any

INK, MUTED, FAINT, GRID = "#1f2933", "#5f6b7a", "#b8c0cc", "#e6e9ee"
UP, DOWN = "#d55e00", "#0072b2"  # positive bubbles vermilion, negative ones blue (Okabe and Ito)
CRITICAL_TIME = "#7a4fa3"

# Level or status -> (text on a light ground, text on a dark ground); never the only carrier of meaning.
LEVEL_COLOURS = {
    "critical": ("#b3410b", "#ff9d6b"),
    "warning": ("#8a6100", "#f2c14e"),
    "watch": ("#00598c", "#6cb8ec"),
    "calm": ("#4b5563", "#a9b4c2"),
    "no verdict": ("#6b7280", "#8d97a5"),
}

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 10,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
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
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 110,
    "svg.hashsalt": "lppl-scanner",
}


def drawable(text: str, fallback: str) -> str:
    """Return ``text`` when the picture font has all its glyphs, else ``fallback`` in ASCII."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=RC["font.family"])))
    if all(font.get_char_index(ord(character)) for character in text):
        return text
    return fallback.encode("ascii", "replace").decode()
