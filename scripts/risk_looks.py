"""Looks at every series of the development material: evidence, chances without it, and what followed.

One row a series and look; everything but the columns ``fell_*`` and ``rose_*`` was known then.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from development_series import ROOT

from scanners.past.panel.pass_files import path_of, read
from scanners.past.panel.pass_rows import BANDS
from scanners.risk.chances import chances_at, described
from scanners.risk.closes import LogCloses
from scanners.risk.coefficients import shipped
from scanners.risk.surface import NAMES, trend_terms
from scanners.risk.volatility import FEWEST, features

FOLDER = ROOT / "data" / "panel"
FILTERS = ("early_warning", "end_flag", "gabauer", "wide")
EVENTS = {
    "1.5s_60": ("1.5s", 60),
    "10_60": (10, 60),
    "20_120": (20, 120),
    "20_250": (20, 250),
    "30_250": (30, 250),
}
SIZES, HORIZONS = ("1.5s", 10, 20, 30), (60, 120, 250)
SIGMAS, MOST_UNCHANGED = 1.5, 0.5  # looks at pegs say nothing
OTHERS = {  # columns of the other passes
    "bifurcation": (
        *("trend_p", "ar1_tau", "variance_tau", "bsadf", "bsadf_95", "bsadf_99", "rising"),
        *("portrait", "identified", "margin"),
    ),
    "trust": ("trust",),
}


def momentum(closes):
    """Return, for every session, what `scanners.momentum` says, and the two-year return."""
    y = np.log(closes)
    r = y.diff()
    sigma = r.rolling(250).std()
    recent, before = r.rolling(60).mean(), r.rolling(190).mean().shift(60)
    return pd.DataFrame(
        {
            "new_high": (closes >= closes.rolling(250).max()).to_numpy(),
            "z250": ((y - y.shift(250)) / (sigma * np.sqrt(250))).to_numpy(),
            "acceleration": ((recent - before) / sigma * np.sqrt(60)).to_numpy(),
            "above_mean": ((y - y.rolling(200).mean()) / (sigma * np.sqrt(200))).to_numpy(),
            "two_years": (closes / closes.shift(500) - 1.0).to_numpy(),
            "sigma": sigma.to_numpy(),
        },
        index=closes.index,
    )


def extreme(y, at, sessions):
    """Return the lowest and the highest of the next sessions less today's value; NaN where not all known."""
    padded = np.append(y, np.full(sessions, np.nan))
    ahead = np.lib.stride_tricks.sliding_window_view(padded, sessions + 1)[at, 1:]
    with np.errstate(invalid="ignore"):
        return ahead.min(axis=1) - y[at], ahead.max(axis=1) - y[at]


def followed(closes, at, sigma):
    """Return what followed each look: 1, 0, or NaN where the data end too soon to tell."""
    y, columns = np.log(closes.to_numpy(dtype=np.float64)), {}
    moves = {sessions: extreme(y, at, sessions) for sessions in HORIZONS}
    for name, (size, sessions) in EVENTS.items():
        fall, rise = moves[sessions]
        own = SIGMAS * sigma * np.sqrt(sessions)
        down, up = (own, own) if isinstance(size, str) else (-np.log1p(-size / 100), np.log1p(size / 100))
        columns[f"fell_{name}"] = np.where(np.isnan(fall), np.nan, fall <= -down)
        columns[f"rose_{name}"] = np.where(np.isnan(rise), np.nan, rise >= up)
    return columns


def chances(closes, asset_class, at, confidence):
    """Return what the model of each date states of falls (with and without each part), and of rises."""
    rows = at - FEWEST
    known = LogCloses(np.log(closes.to_numpy(dtype=np.float64)), closes.index, "ok", "")
    later = np.array(HORIZONS, dtype=np.float64)
    found = chances_at(known, rows, SIZES, later, confidence, shipped(), asset_class)
    upward = rising(known, rows, later, asset_class)
    columns = {}
    for name, (size, sessions) in EVENTS.items():
        place = (slice(None), HORIZONS.index(sessions), SIZES.index(size))
        parts = {
            "p": found.plain,
            "with": found.chance,
            "usual": found.usual,
            "calm": found.calm,
            "up": upward,
        }
        columns |= {f"{part}_{name}": values[place] for part, values in parts.items()}
    return columns


def rising(known, rows, horizons, asset_class):
    """Return the chance of rises of the same sizes: the same surface with its drift turned round."""
    some, _ = described(known, rows, shipped(), asset_class)
    surface = shipped().on(known.index[some.place].year.to_numpy(), asset_class, len(rows))
    turned = surface.coefficients.copy()
    turned[:, NAMES.index("drift") :] *= -1.0
    loss = np.empty((len(rows), len(HORIZONS), len(SIZES)))
    for k, size in enumerate(SIZES):
        own = SIGMAS * some.sd[:, None] * np.sqrt(horizons)
        loss[:, :, k] = own if isinstance(size, str) else np.log1p(size / 100)
    return replace(surface, coefficients=turned).chances(
        loss, horizons, surface.volatility(some), trend_terms(some)
    )


def bubble(rows):
    """Return shares of the windows that qualify: C, its parts by filter and by length of the windows."""
    out = rows[["position", "C", "C_down", "C3", "C3_down", "attempted", "tc_low", "tc_median", "tc_high"]]
    out = out.copy()
    bands = {name: _fitting(rows["attempted"], low, high) for name, (low, high) in BANDS.items()}
    for name in FILTERS:
        out[f"C_{name}"] = rows[[f"up_{name}_{band}" for band in BANDS]].sum(axis=1) / rows["attempted"]
    for band, count in bands.items():
        out[f"C_{band}"] = rows[[f"up_{name}_{band}" for name in FILTERS]].sum(axis=1) / (4 * count)
    return out


def _fitting(attempted, low, high):
    """Return how many of the windows 125, 150, .. that were attempted have a length in a band."""
    longest = 125 + 25 * (attempted - 1)
    return (np.minimum(longest, high) - low).clip(lower=-25) // 25 + 1


def looks_of(one, folder=FOLDER, step=21):
    """Return the looks at one series; None where the pass over it has not been made.

    Parameters
    ----------
    one : Series
        As in `development_series`.
    folder : Path
        Of the kept passes.
    step : int
        21 for monthly looks; smaller for all that are kept.
    """
    _, rows = read(path_of(folder, one.name, "bubble"))
    if not len(rows):
        return None
    if step >= 21:
        rows = rows[(rows["position"] - 604) % step == 0]
    traded = features(np.log(one.closes.to_numpy(dtype=np.float64))).unchanged <= MOST_UNCHANGED
    rows = rows[traded[rows["position"].to_numpy() - FEWEST]]
    at = rows["position"].to_numpy()
    frame = bubble(rows.reset_index(drop=True))
    frame.insert(0, "series", one.name)
    frame.insert(1, "kind", one.kind if one.kind == "us_industry" else one.asset_class)
    frame.insert(2, "date", one.closes.index[at])
    known = momentum(one.closes).iloc[at].reset_index(drop=True)
    frame = pd.concat(
        [frame, known, pd.DataFrame(followed(one.closes, at, known["sigma"].to_numpy()))], axis=1
    )
    shape = frame["C3"].fillna(frame["C"]).to_numpy()
    for name, values in chances(one.closes, one.asset_class, at, shape).items():
        frame[name] = values
    for kind, columns in OTHERS.items():
        _, rows = read(path_of(folder, one.name, kind))
        rows = rows if len(rows) else pd.DataFrame(columns=["position", *columns])
        frame = frame.merge(rows[["position", *columns]], on="position", how="left")
    return frame


def table(chosen, folder=FOLDER, step=21):
    """Return the looks at some series under one another, without those whose volatility is not known."""
    parts = [looks_of(one, folder, step) for one in chosen]
    found = pd.concat([part for part in parts if part is not None], ignore_index=True)
    return found[found["p_10_60"].notna() & (found["sigma"] > 0)].reset_index(drop=True)
