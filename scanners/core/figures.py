"""Figures as people read them: chances in 100, and factors."""


def chance_of(chance: float) -> str:
    """Return a chance in 100 as a whole number; ``<1`` and ``>99`` at the ends, since nothing is certain."""
    if chance < 0.005:
        return "<1"
    return ">99" if chance >= 0.995 else f"{100 * chance:.0f}"


def factor(ratio: float) -> str:
    """Return an odds ratio with two figures, such as ×1.9."""
    return f"×{ratio:.0f}" if ratio >= 9.95 else f"×{ratio:.1f}"
