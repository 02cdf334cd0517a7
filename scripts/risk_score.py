"""Score the chances of a fall walking forward and write scanners/risk/record.json, tables and pictures.

    python scripts/risk_score.py [--shared ../shared] [--models FILE] [--tables FILE] [--images FOLDER]

Every look of the development series from 1950 to 2019 is stated by the model of its own year, as `history`
would have stated it, and compared with what followed.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import risk_panel
import risk_pictures
import risk_tables

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
YEAR_OF_LOOKS = 12  # of the panel's rate, that a series' own rate starts from; a single one for the bare rate


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


def own_rate(frame, happened, weight):
    """Return how often each fall had followed in the series by then, with ``weight`` looks of the panel's."""
    out = np.full(happened.shape, np.nan)
    dates = frame["date"].to_numpy()
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


def main():
    parser = risk_panel.parser(__doc__)
    parser.add_argument("--models", type=Path, help="coefficients other than the shipped ones")
    parser.add_argument("--tables", type=Path, help="markdown file; default standard output")
    parser.add_argument("--record", type=Path, default=risk_panel.ROOT / "scanners" / "risk" / "record.json")
    parser.add_argument("--images", type=Path, help="folder for pictures")
    options = parser.parse_args()
    models = parse(options.models.read_text("utf-8")) if options.models else shipped()
    looks, panel = risk_panel.load(options.shared, options.cache)
    if panel != models.panel:
        raise SystemExit(f"the models were trained on panel {models.panel}, this one is {panel}: fit first")
    arrays, frame = stated(options.shared, looks, models)
    arrays["own"] = own_rate(frame, arrays["followed"], YEAR_OF_LOOKS)
    arrays["bare"] = own_rate(frame, arrays["followed"], 1)
    dates = frame["date"].to_numpy()
    chosen = (dates >= FIRST) & (dates < LAST)
    arrays = {name: values[chosen] for name, values in arrays.items()}
    frame = frame[chosen].reset_index(drop=True)
    frame["half_year"] = half_years(frame["date"].to_numpy())
    text, record = risk_tables.tables(arrays, frame, CELLS)
    record = {"version": models.version, "panel": panel, "looks": len(frame), **record}
    options.record.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if options.tables:
        options.tables.write_text(text, encoding="utf-8")
    else:
        print(text)
    if options.images:
        risk_pictures.draw(arrays, frame, CELLS, options.images)


if __name__ == "__main__":
    main()
