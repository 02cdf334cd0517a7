"""What is judged of a file that is read as it is, past the store: its moves, as far as windows reach."""

from datetime import date

import numpy as np
import pandas as pd

from scanners.core.errors import Unjudged
from scanners.prices.quality import findings
from scanners.prices.quality.gate import Market
from scanners.prices.quality.moves import steps, thin
from scanners.prices.quality.rules import Finding

LOOKED_AT = 752  # bars: the longest window of any preset, and the days of the consensus


def doubts(prices: pd.Series, market: Market) -> tuple[Finding, ...]:
    """Return what is found on the moves of closes.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates.
    market : Market
    """
    if market.levels:
        return ()
    sessions = prices.index.to_numpy().astype("datetime64[D]")
    closes = prices.to_numpy(dtype=np.float64)
    return (*steps(sessions, closes, market), *thin(sessions, closes))


def refuse_doubtful(prices: pd.Series, market: Market, start: date | None = None) -> pd.Series:
    """Return closes that a verdict may rest on.

    Parameters
    ----------
    prices : pandas.Series
        As far as a verdict may see them.
    market : Market
    start : datetime.date, optional
        From which on they must be sound, if that is before the longest window.

    Raises
    ------
    Unjudged
        If a step in the window is not explained, or the series is too thin.
    """
    first = prices.index[-min(LOOKED_AT, len(prices))].date()
    refused = findings.refusal(doubts(prices, market), min(first, start or first), prices.index[-1].date())
    if refused is None:
        return prices
    status, reason = refused
    hint = "; --confirm DATE (confirmed in the watchlist) says that it is a move" * (status == "quarantined")
    raise Unjudged(status, reason + hint)
