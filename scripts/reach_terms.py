"""What else of the prices was known at each look, in groups that might add to the chances of a fall."""

import numpy as np
import pandas as pd
import risk_panel

_FLOOR = 1e-5  # daily volatility, as in the model
_STALE = 5  # sessions after which another series' last value no longer counts as known on a date
_OWN = {
    "volatility on more scales": ("month", "years", "short", "long", "jumps", "of_volatility", "largest"),
    "returns below against above zero": ("below_short", "below_long"),
    "drawdowns": ("from_60", "from_500", "from_1250", "from_all"),
    "time since and share of falls": ("since_10", "since_20", "share_10", "share_20"),
    "trend on more scales": ("move_60", "move_120", "move_250", "move_1000", "above_low"),
}
_MARKET = ("turbulence", "drawdown", "below_mean", "move")


def of_series(closes):
    """Return the terms of one series at every close."""
    y = np.log(closes)
    r = y.diff()
    size, n = r.abs(), len(y)

    def log(values):
        return np.log(np.maximum(values, _FLOOR))

    def ew(values, share):
        return values.ewm(alpha=share).mean()

    month, quarter, year = (log(ew(size, share)) for share in (0.1, 0.03, 0.01))
    whole, deviation = log(size.expanding(60).mean()), np.exp(year) * np.sqrt(np.pi / 2)
    rms = 0.5 * np.log((r**2).rolling(20).mean() + _FLOOR**2)
    found = {
        "month": month,
        "years": log(ew(size, 0.0033)),
        "short": quarter - year,
        "long": year - whole,
        "jumps": 0.5 * np.log(ew(r**2, 0.03) + _FLOOR**2) - quarter,
        "of_volatility": rms.rolling(250, min_periods=60).std(),
        "largest": rms.rolling(500, min_periods=100).max() - year,
    }
    for name, share in (("short", 0.03), ("long", 0.01)):
        low, high = (np.log(ew(side**2, share) + _FLOOR**2) for side in (r.clip(upper=0), r.clip(lower=0)))
        found[f"below_{name}"] = 0.5 * (low - high)
    for days in (60, 500, 1250, n):
        name = "all" if days == n else days
        found[f"from_{name}"] = (y - y.rolling(days, min_periods=60).max()) / deviation / np.sqrt(60)
    for size_, days in ((10, 60), (20, 120)):
        fell = (y - y.rolling(days, min_periods=20).max()) <= np.log1p(-size_ / 100)
        last = np.maximum.accumulate(np.where(fell, np.arange(n), -n))
        found[f"since_{size_}"] = pd.Series(np.log1p(np.arange(n) - last), index=y.index)
        found[f"share_{size_}"] = fell.expanding().mean()
    for days in (60, 120, 250, 1000):
        found[f"move_{days}"] = (y - y.shift(days)) / deviation / np.sqrt(days)
    found["above_low"] = (y - y.rolling(250, min_periods=60).min()) / deviation / np.sqrt(60)
    found["turbulence"], found["move"] = quarter - whole, found["move_60"]
    found["drawdown"] = y - y.rolling(250, min_periods=60).max()
    found["below_mean"] = (y < y.rolling(200, min_periods=100).mean()).astype(float)
    return pd.DataFrame(found)


def terms(shared, frame):
    """Return the terms of every look by group, shape (n, k) each; NaN where a term is not known.

    Parameters
    ----------
    shared : Path
        The development material.
    frame : pandas.DataFrame
        Looks as in `risk_panel.Looks`.
    """
    own = [name for names in _OWN.values() for name in names]
    at_looks = np.full((len(frame), len(own)), np.nan)
    markets = {name: {} for name in _MARKET}
    for name, _, closes in risk_panel.every_series(shared):
        known, rows = of_series(closes), np.flatnonzero(frame["series"] == name)
        at_looks[rows] = known[own].to_numpy()[frame["position"].to_numpy()[rows]]
        for part in _MARKET:
            markets[part][name] = known[part]
    kinds = frame.groupby("series")["kind"].first()
    dates = pd.DatetimeIndex(frame["date"])
    found = {group: at_looks[:, [own.index(one) for one in names]] for group, names in _OWN.items()}
    days = dates.unique().sort_values()
    whole = {name: _median(parts, days) for name, parts in markets.items()}
    found["the whole panel on the date"] = np.column_stack([one.reindex(dates) for one in whole.values()])
    of_class = np.full((len(frame), len(_MARKET)), np.nan)
    for kind in kinds.unique():
        rows = (frame["kind"] == kind).to_numpy()
        for column, parts in enumerate(markets.values()):
            mine = {name: one for name, one in parts.items() if kinds.get(name) == kind}
            of_class[rows, column] = _median(mine, days).reindex(dates[rows])
    return found | {"the asset class on the date": of_class}


def _median(parts, days):
    """Return the median over series of what each last knew on some days, not older than a week."""
    known = [
        one.reindex(days, method="ffill", tolerance=pd.Timedelta(days=_STALE + 2)) for one in parts.values()
    ]
    return pd.concat(known, axis=1).median(axis=1)
