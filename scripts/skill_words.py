"""Figures of the page of skill as words and cells."""

YES = "yes"


def share(value):
    """Return a share in percent."""
    return "-" if value is None else f"{value:.0%}"


def ratio(value, interval=None):
    """Return a ratio with its interval."""
    if value is None:
        return "-"
    return f"{value:.2f}" + (f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else " [few]")


def against(lift, to="expected"):
    """Return falls over those that were expected, or over the usual ones, with the interval."""
    if lift is None:
        return "-"
    if to == "usual":
        return ratio(lift["ratio_to_usual"], lift["interval_to_usual"])
    return ratio(lift["ratio"], lift["interval"])


def beside(lift):
    """Return falls over those that were expected, over the same at all looks, with the interval."""
    return "-" if lift is None else ratio(lift["relative"], lift["relative_interval"])


def above(lift, to="expected"):
    """Tell whether the whole interval lies above one."""
    interval = lift and lift["interval_to_usual" if to == "usual" else "interval"]
    return bool(interval) and interval[0] > 1.0


def gained(gain):
    """Return a change of the log score in percent with its interval."""
    if gain is None:
        return "-"
    low, high = gain["log_interval"] or (None, None)
    span = "" if low is None else f" [{100 * low:+.2f}, {100 * high:+.2f}]"
    return f"{100 * gain['log']:+.2f}{span}"


def table(header, rows):
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in lines)


def verdict(real, nulls):
    """Say whether a row is skill: above one, and not reached where there are no bubbles.

    Panels without bubbles reach a row when they show as much, or when the same rule calls them skill. Where
    they are too small to exclude as much, that is said.

    Parameters
    ----------
    real : dict or None
        Lift on real prices.
    nulls : sequence of dict or None
        The same row on each panel without bubbles.
    """
    if real is None or real["interval"] is None or real["relative_interval"] is None:
        return "too few"
    if real["interval"][0] <= 1.0 or real["relative_interval"][0] <= 1.0:
        return "fewer" if real["relative_interval"][1] < 1.0 else "not shown"
    known = [one for one in nulls if one and one["relative_interval"]]
    if any(one["relative"] >= real["relative"] or one["relative_interval"][0] > 1.0 for one in known):
        return "not shown: panels without bubbles reach it"
    if any(one["relative_interval"][1] >= real["relative"] for one in known):
        return f"{YES}, though the panels without bubbles are too small to exclude it"
    return YES
