"""What a daily bar is: the moment that a source's price of a day is of.

Two sources may differ because one of them is wrong, or because they look at the clock at different hours.
Each provider therefore states its own, and what compares two series asks for both.
"""

from collections.abc import Callable

SESSION = "exchange session"  # the last trade, or the settlement, of the exchange's own session
LONDON = "London day"  # midnight to midnight in London
NEW_YORK = "New York 17:00"  # the day of the currency market
NOON = "noon in New York"  # buying rates of H.10
FIXING = "14:15 in Frankfurt"  # reference rates of the European Central Bank
CURVE = "yield curve at the close"
UTC = "UTC day"
PERIOD = "a month or longer"
NOT_STATED = "not stated"


def not_stated(symbol: str) -> str:
    """Say that a source does not tell what its daily bar is."""
    return NOT_STATED


def always(clock: str) -> Callable[[str], str]:
    """Return what says the same clock of every symbol."""
    return lambda symbol: clock


def differ(one: str, other: str) -> str:
    """Return in words how two clocks differ, empty where they are the same or one is not stated."""
    if one == other or NOT_STATED in (one, other):
        return ""
    return f"{one} against {other}"
