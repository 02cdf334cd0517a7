"""Short bars of Sunday evenings, with which some sources begin Monday's session of a currency or a future.

Left in, they make weeks of six bars, one of which hardly moves: volatility reads too low, windows reach less
far back, and every seventh return is split in two.
"""

import numpy as np
from numpy.typing import NDArray

SHORT_SUNDAYS = "short bars of Sundays, which belong to Monday's session"
_YEAR = np.timedelta64(365, "D")
_FEWEST = 3  # Sundays that tell how far such bars move
_SHARE = 0.5  # of the weeks with a Sunday that have a Friday and a Monday too
_SHORT = 0.5  # of the usual move: four hours of twenty-four move less than that


def short_sundays(sessions: NDArray[np.datetime64], closes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which bars are short ones of Sundays: their closes are superseded by Monday's.

    A Sunday counts as such where, within the year before it, Fridays and Mondays are traded too, no Saturday
    is, and moves into Sundays are less than half as large as into other days. So neither markets that never
    close nor those with a week from Sunday to Thursday are concerned. In the first year of a series that year
    decides.

    Parameters
    ----------
    sessions : array of datetime64[D], shape (n,)
        Strictly increasing.
    closes : array, shape (n,)
        Positive.
    """
    weekday = (sessions.astype("datetime64[D]").astype(int) + 3) % 7  # from Monday
    short = weekday == 6
    if not short.any() or len(sessions) < 2:
        return np.zeros(len(sessions), dtype=bool)
    moves = np.abs(np.diff(np.log(closes), prepend=np.nan))
    for row in np.flatnonzero(short):
        last = max(sessions[row], sessions[0] + _YEAR)
        seen = slice(*np.searchsorted(sessions, (last - _YEAR, last + np.timedelta64(1, "D"))))
        counts = np.bincount(weekday[seen], minlength=7)
        weeks = _SHARE * counts[6]
        if counts[6] < _FEWEST or counts[5] or min(counts[0], counts[4]) < weeks:
            short[row] = False
            continue
        on_sundays = weekday[seen] == 6
        usual = np.nanmedian(moves[seen][~on_sundays])
        short[row] = np.nanmedian(moves[seen][on_sundays]) < _SHORT * usual
    return short
