"""The looks that the chances of a fall are trained and scored on: every 21st session of each series."""

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scanners.risk._kernels import path as kernels
from scanners.risk.past_errors import came
from scanners.risk.volatility import FEWEST, Features, features

ROOT = Path(__file__).resolve().parents[1]
FIRST, STEP = 604, 21
HORIZONS = (20, 60, 120, 250)
NO_PRICES = {"vix", "cgb30y_yield", "jgb10y_yield", "jgb30y_yield", "us10y_yield"}
PEGGED_OR_SHORT = {"usdcny", "tl"}
BONDS = {"fut_jgb_sgx_mini", "fut_us10", "fut_us10u", "fut_us20", "fut_usirs10"}
CURRENCIES = {"fut_bre", "fut_eur", "fut_gbpeur", "fut_jpy", "fut_mxp", "fut_nzd", "fut_rur"}
COMMODITIES = {
    *("fut_copper", "fut_crude_w_mini", "fut_gas_us", "fut_iron", "fut_leanhog", "fut_milk", "fut_oaties"),
    *("fut_pallad", "fut_soymeal", "fut_wheat", "gold", "gold_lbma_pm", "silver", "wti"),
}
KINDS = {"us_industry": "equity_index", "currency": "currency", "crypto": "crypto", "future": "equity_index"}
CURRENCY_PRICES = {"dxy", "eurusd", "mxnjpy", "usdjpy"}


@dataclass(frozen=True)
class Looks:
    """All looks, a row each, ordered by series and date.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``series``, ``group`` (panel kind), ``kind`` (asset class), ``date``, ``C``; ``came`` (log volatility
        of the next 60 sessions), ``worst_H`` (deepest log fall within H sessions) and ``known_H`` (date of
        the last of them), missing where they are not known.
    features : Features
    """

    frame: pd.DataFrame
    features: Features

    def select(self, rows):
        """Return some of the looks."""
        at = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows)
        return Looks(self.frame.iloc[at].reset_index(drop=True), self.features.select(at))


def parser(description):
    """Return a parser that knows where the development material is."""
    found = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    found.add_argument("--cache", type=Path, default=ROOT / "data" / "risk", help="C of the price series")
    return found


def kind_of(name, group):
    """Return the asset class of a series."""
    if name in BONDS:
        return "bond_future"
    if name in CURRENCIES or name in CURRENCY_PRICES:
        return "currency"
    if name in COMMODITIES:
        return "commodity"
    return "crypto" if name == "bitcoin" else KINDS.get(group, "equity_index")


def closes_of(path):
    """Return the positive closes of a file by date."""
    found = pd.read_csv(path, parse_dates=["date"], index_col="date")["close"].dropna()
    return found[found > 0.0]


def every_series(shared):
    """Yield name, group and closes of every series that is a price and is long enough."""
    listed = pd.read_csv(shared / "panel" / "SERIES.csv")
    for name, group in zip(listed["name"], listed["kind"], strict=True):
        yield name, group, closes_of(shared / "panel" / f"{name}.csv.gz")
    for path in sorted((shared / "prices").glob("*.csv")):
        if path.stem not in NO_PRICES | PEGGED_OR_SHORT:
            yield path.stem, "prices", closes_of(path)


def load(shared, cache):
    """Return every look of every series, and a hash of what they were made of."""
    confidence = _panel_confidence(shared)
    frames, found, digest = [], [], hashlib.sha256()
    for name, group, closes in every_series(shared):
        y = np.log(closes.to_numpy())
        digest.update(name.encode() + y.tobytes())
        at = np.arange(FIRST, len(closes), STEP)
        described = features(y).select(at - FEWEST)
        traded = described.unchanged <= 0.5
        at, described = at[traded], described.select(np.flatnonzero(traded))
        frame = pd.DataFrame({"series": name, "group": group, "kind": kind_of(name, group)}, index=at)
        frame["date"], frame["position"] = closes.index[at], at
        frame["came"] = came(y, at)
        if group == "prices":
            frame["C"] = _own_confidence(closes, name, cache).reindex(at).to_numpy()
        else:
            frame["C"] = confidence[name].reindex(closes.index[at]).to_numpy()
        for horizon in HORIZONS:
            later = at + horizon
            frame[f"worst_{horizon}"] = kernels.worst(y, horizon)[at]
            dates = closes.index[np.minimum(later, len(closes) - 1)]
            frame[f"known_{horizon}"] = dates.where(later < len(closes))
        frames.append(frame)
        found.append(described)
    joined = Features(
        *(np.concatenate([getattr(one, name) for one in found]) for name in Features.__dataclass_fields__)
    )
    return Looks(pd.concat(frames, ignore_index=True), joined), digest.hexdigest()[:12]


def _panel_confidence(shared):
    counts = pd.read_csv(shared / "panel" / "confidence.csv.gz", parse_dates=["date"])
    ups = counts.filter(regex="^up_")
    counts["C"] = ups.div(counts["windows"], axis=0).mean(axis=1)
    return {name: part.set_index("date")["C"] for name, part in counts.groupby("series")}


def _own_confidence(closes, name, cache):
    """Return C at every look of a price series, by position, computed once and kept."""
    import lppl

    kept = cache / f"{name}.csv"
    if not kept.exists():
        last = FIRST + (len(closes) - 1 - FIRST) // STEP * STEP
        shares = lppl.confidence_history(closes.to_numpy(), preset="daily", step=STEP, start=FIRST, end=last)
        cache.mkdir(parents=True, exist_ok=True)
        shares.filter(like="_positive").mean(axis=1).rename("C").to_csv(kept, index_label="position")
    return pd.read_csv(kept, index_col="position")["C"]
