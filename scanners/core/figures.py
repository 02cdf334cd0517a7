"""Figures as people read them: chances in 100, factors, prices and moves."""


def chance_of(chance: float) -> str:
    """Return a chance in 100 as a whole number; ``<1`` and ``>99`` at the ends, since nothing is certain."""
    if chance < 0.005:
        return "<1"
    return ">99" if chance >= 0.995 else f"{100 * chance:.0f}"


def factor(ratio: float) -> str:
    """Return an odds ratio with two figures, such as ×1.9."""
    return f"×{ratio:.0f}" if ratio >= 9.95 else f"×{ratio:.1f}"


def price(close: float) -> str:
    """Return a close as people read it."""
    return f"{close:,.2f}" if abs(close) >= 10 else f"{close:.4g}"


def percent(move: float | None) -> str:
    """Return a move with its sign, in whole percents once it is large; empty where it is not known."""
    if move is None:
        return ""
    text = f"{move:+.0%}" if abs(move) >= 0.995 else f"{move:+.1%}"
    return text.replace("-", "\N{MINUS SIGN}")
