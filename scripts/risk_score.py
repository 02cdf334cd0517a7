"""Score the chances of a fall and write scanners/risk/record.json, the figures of docs/risk.md and pictures.

    python scripts/risk_score.py [--shared ../shared] [--models FILE] [--images FOLDER]

Every look of the development series from 1950 to 2019 is stated by the model of its own year, as `history`
would have stated it, and compared with what followed. Half-years and whole asset classes that had no part in
the fit are scored beside it.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import risk_cross
import risk_fit
import risk_measures
import risk_page
import risk_panel
import risk_pictures

from scanners.risk.chances import chances_at
from scanners.risk.closes import closes
from scanners.risk.coefficients import parse, shipped
from scanners.risk.scores import half_years
from scanners.risk.sizes import label, losses
from scanners.risk.state import stretch
from scanners.risk.usual import followed
from scanners.risk.volatility import FEWEST, features

SIZES = (5, 10, 20, 30, "1.5s")
HORIZONS = np.array(risk_panel.HORIZONS, dtype=np.float64)
CELLS = {
    f"{label(size)}_{horizon}": (j, k)
    for k, size in enumerate(SIZES)
    for j, horizon in enumerate(risk_panel.HORIZONS)
}
FIRST, LAST = np.datetime64("1950-01-01"), np.datetime64("2020-01-01")
YEAR_OF_LOOKS = 12  # of the panel's rate, that a series' own rate starts from
BLOCK, BLOCK_LOOKS = 5, 24  # the other own rate: as known at the start of five years, from two years of looks


def stated(shared, looks, models):
    """Return what was stated at every look and what followed, shape (n, H, S), and facts by look."""
    parts = {name: [] for name in ("chance", "plain", "calm", "usual", "followed")}
    facts = []
    for name, _, prices in risk_panel.every_series(shared):
        mine = looks.frame[looks.frame["series"] == name]
        if mine.empty:
            continue
        known, at = closes(prices), mine["position"].to_numpy()
        kind = mine["kind"].iloc[0]
        found = chances_at(known, at - FEWEST, SIZES, HORIZONS, mine["C"].to_numpy(), models, kind)
        for part in ("chance", "plain", "calm", "usual"):
            parts[part].append(getattr(found, part))
        sd = features(known.y).sd
        loss = np.full((known.y.size, HORIZONS.size, len(SIZES)), np.inf)
        loss[FEWEST:] = losses(SIZES, HORIZONS, sd)
        parts["followed"].append(followed(known.y, loss, HORIZONS)[at])
        facts.append(stretch(known.y).iloc[at])
    arrays = {name: np.concatenate(values) for name, values in parts.items()}
    frame = pd.concat([looks.frame.reset_index(drop=True), pd.concat(facts, ignore_index=True)], axis=1)
    return arrays, frame


def own_rate(frame, happened, weight, block=1):
    """Return how often each fall had followed in the series, with ``weight`` looks of the panel's rate.

    By the date of each look, or, with a ``block`` of more than one year, by the start of its block.
    """
    out = np.full(happened.shape, np.nan)
    dates = frame["date"].to_numpy()
    if block > 1:
        years = frame["date"].dt.year.to_numpy() // block * block
        dates = np.array([f"{year}-01-01" for year in years], dtype="datetime64[D]").astype(dates.dtype)
    names = frame["series"].to_numpy()
    for j, horizon in enumerate(risk_panel.HORIZONS):
        known = frame[f"known_{horizon}"].to_numpy()
        panel = _known_rate(known, happened[:, j], dates, 0.1, 1.0)
        for name in pd.unique(names):
            rows = names == name
            out[rows, j] = _known_rate(known[rows], happened[rows, j], dates[rows], panel[rows], weight)
    return out


def _known_rate(known, happened, dates, start, weight):
    fine = ~np.isnat(known)
    order = np.argsort(known[fine], kind="stable")
    sums = np.vstack([np.zeros(happened.shape[1]), np.cumsum(happened[fine][order], axis=0)])
    count = np.searchsorted(known[fine][order], dates, side="left")
    return (sums[count] + weight * start) / (count[:, None] + weight)


def left_out(looks, arrays, frame, chosen):
    """Return measures of half-years, and of asset classes, that had no part in the fit."""
    kinds = looks.frame["kind"].to_numpy()
    means = risk_fit.class_means(looks, np.arange(len(kinds)))
    sample = risk_fit.sample_of(looks, np.array([means[kind] for kind in kinds]))
    chance, plain, k = risk_cross.by_half_year(sample, looks.frame["date"].to_numpy(), risk_fit.EVERY)
    view = _view(arrays, frame, chance[chosen], plain[chosen])
    half_year = {
        "k": [round(float(one), 3) for one in (np.median(k), min(k), max(k))],
        "skill": {name: risk_measures.against_all(*view.cell(name)) for name in risk_measures.SHOWN},
        "tenths": {name: risk_measures.tenths(view.cell(name)[0]) for name in risk_measures.SHOWN},
        "confidence": risk_measures.by_confidence(view),
        "log_gain": risk_measures.log_gain(view),
    }
    chance, plain = risk_cross.by_kind(sample, risk_fit.EVERY)
    view, kinds = _view(arrays, frame, chance[chosen], plain[chosen]), kinds[chosen]
    groups = {str(kind): risk_measures.parts(view, kinds == kind) for kind in np.unique(kinds)}
    return {"half_years": half_year, "classes_left_out": groups}


def _view(arrays, frame, chance, plain):
    kept = {name: arrays[name] for name in ("followed", "own")}
    return risk_measures.View({**kept, "chance": chance, "plain": plain}, frame, CELLS)


def main():
    parser = risk_panel.parser(__doc__)
    parser.add_argument("--models", type=Path, help="coefficients other than the shipped ones")
    parser.add_argument("--record", type=Path, default=risk_panel.ROOT / "scanners" / "risk" / "record.json")
    parser.add_argument("--page", type=Path, default=risk_page.PAGE)
    parser.add_argument("--images", type=Path, help="folder for pictures")
    options = parser.parse_args()
    models = parse(options.models.read_text("utf-8")) if options.models else shipped()
    looks, panel = risk_panel.load(options.shared, options.cache)
    if panel != models.panel:
        raise SystemExit(f"the models were trained on panel {models.panel}, this one is {panel}: fit first")
    looks = risk_fit.told_by(looks, models)
    arrays, frame = stated(options.shared, looks, models)
    arrays["own"] = own_rate(frame, arrays["followed"], YEAR_OF_LOOKS)
    arrays["block_own"] = own_rate(frame, arrays["followed"], BLOCK_LOOKS, BLOCK)
    dates = frame["date"].to_numpy()
    chosen = (dates >= FIRST) & (dates < LAST)
    arrays = {name: values[chosen] for name, values in arrays.items()}
    frame = frame[chosen].reset_index(drop=True)
    frame["half_year"] = half_years(frame["date"].to_numpy())
    found = {
        "version": models.version,
        "panel": panel,
        "looks": len(frame),
        "series": int(frame["series"].nunique()),
        **risk_measures.record(risk_measures.View(arrays, frame, CELLS), models.widths),
        **left_out(looks, arrays, frame, chosen),
    }
    options.record.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    risk_page.write(options.page, found)
    if options.images:
        risk_pictures.draw(arrays, frame, CELLS, options.images)


if __name__ == "__main__":
    main()
