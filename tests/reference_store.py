"""A slow, obvious twin of the store's reading: every version in a list, searched from end to end."""


def read(versions, actions, as_of, known_at):
    """Return ``{session: adjusted close}`` from lists of ``(session, known_at, close)`` and
    ``(ex_date, known_at, split, dividend, roll)``, a close of None being a withdrawn bar.
    """
    closes, events = {}, {}
    for session, known, close in sorted(versions, key=lambda version: version[1]):
        if known <= known_at and session <= as_of:
            closes[session] = close
    for ex_date, known, split, dividend, roll in sorted(actions, key=lambda action: action[1]):
        if known <= known_at and ex_date <= as_of:
            events[ex_date] = (split, dividend, roll)
    closes = {session: close for session, close in closes.items() if close is not None}
    return {session: closes[session] * factor(closes, events, session) for session in sorted(closes)}


def factor(closes, events, session):
    """Return the product of the adjustments that come after a session."""
    product = 1.0
    for ex_date, (split, dividend, roll) in events.items():
        earlier = [day for day in closes if day < ex_date]
        if session < ex_date <= max(closes):
            product *= roll / split
            product *= 1.0 - dividend / (closes[max(earlier)] * roll / split)
    return product
