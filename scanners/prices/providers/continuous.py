"""One continuous series from the contracts of a futures product."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from scanners.prices.interface import Event, FetchError
from scanners.prices.providers.cffex_files import Quote

Chain = Mapping[date, Mapping[str, Quote]]


def check_connected(chain: Chain) -> None:
    """Check that no session is missing: each day quotes the settlement of the day before.

    Raises
    ------
    FetchError
        ``transient`` if most contracts quote another previous settlement than the last session had.
    """
    days = sorted(chain)
    for before, day in pairwise(days):
        common = chain[before].keys() & chain[day].keys()
        broken = [
            name
            for name in common
            if abs(chain[day][name].previous_settle - chain[before][name].settle) > 1e-6
        ]
        if not common:
            raise FetchError("transient", f"no contract was quoted both on {before} and on {day}")
        if 2 * len(broken) > len(common):
            name = min(broken)
            settled, quoted = chain[before][name].settle, chain[day][name].previous_settle
            raise FetchError(
                "transient",
                f"a session is missing between {before} and {day}: "
                f"{name} settled at {settled:g}, but {quoted:g} is quoted",
            )


def roll(chain: Chain) -> tuple[list[Quote], tuple[Event, ...]]:
    """Follow the contract with the most open interest, one session behind and never back.

    Parameters
    ----------
    chain : mapping of date to mapping of contract to Quote
        One product, at least one session.

    Returns
    -------
    quotes : list of Quote
        The contract followed, one a session in order of date.
    rolls : tuple of Event
        At the first session of each new contract: the new settlement over the old one's, both of the session
        before, when the decision fell.

    Raises
    ------
    FetchError
        ``malformed`` if the contract followed ends with no other beside it, or a roll has no settlement.
    """
    days = sorted(chain)
    first = chain[days[0]]
    current = max(first.values(), key=lambda quote: (_interest(quote), -quote.expiry)).contract
    quotes, rolls = [first[current]], []
    for before, day in pairwise(days):
        following = _following(chain[before], chain[day], current)
        if following != current:
            old, new = chain[before][current].settle, chain[before][following].settle
            if not (old > 0 and new > 0):
                raise FetchError("malformed", f"{current} or {following} has no settlement on {before}")
            rolls.append(Event(day, "roll", new / old, f"{current} to {following}"))
            current = following
        quotes.append(chain[day][current])
    return quotes, tuple(rolls)


def _following(before: Mapping[str, Quote], today: Mapping[str, Quote], current: str) -> str:
    """Return the contract for today, decided on what was known the session before."""
    later = [
        quote for name, quote in before.items() if name in today and quote.expiry > before[current].expiry
    ]
    best = max(later, key=lambda quote: (_interest(quote), -quote.expiry), default=None)
    if best is not None and (current not in today or _interest(best) > _interest(before[current])):
        return best.contract
    if current not in today:
        raise FetchError("malformed", f"{current} ends and no later contract was quoted beside it")
    return current


def _interest(quote: Quote) -> float:
    """Return the open interest; a contract without one has none."""
    return quote.open_interest if quote.open_interest > 0 else 0.0
