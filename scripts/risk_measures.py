"""What the chances of a fall were worth, as plain numbers for the record that ships."""

import numpy as np

from scanners.risk.scores import area, area_within, bootstrap, brier, log_loss, ratio, skill, totals
from scanners.risk.state import Rules, level

SHOWN = ("5_20", "10_60", "20_120", "30_250", "1.5s_60")
BANDS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 1.01)
EDGES = np.array([0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0])
FEW = 300  # looks of an asset class below which it has no record of its own
HELD = 0.8  # share of eras that an interval should hold


class View:
    """One cell at a time: arrays where the outcome is known."""

    def __init__(self, arrays, frame, cells):
        self.arrays, self.frame, self.cells = arrays, frame, cells

    def cell(self, name, rows=None):
        """Return the arrays and the frame of the looks of a cell with a known outcome."""
        j, k = self.cells[name]
        known = ~np.isnan(self.arrays["followed"][:, j, k])
        if rows is not None:
            known &= rows
        return {part: values[known, j, k] for part, values in self.arrays.items()}, self.frame[known]


def record(view, widths):
    """Return all measures of the walk forward."""
    kind, decade = view.frame["kind"].to_numpy(), view.frame["date"].dt.year.to_numpy() // 10 * 10
    return {
        "cells": _by_class(view, kind),
        "statements": {name: _statements(*view.cell(name)) for name in view.cells},
        "skill": {name: against_all(*view.cell(name)) for name in SHOWN},
        "tenths": {name: tenths(view.cell(name)[0]) for name in SHOWN},
        "confidence": by_confidence(view),
        "ages": _ages(view),
        "log_gain": log_gain(view),
        "rules": _rules(view),
        "eras": eras(view, widths, decade, kind),
        "kinds": {str(name): parts(view, kind == name) for name in np.unique(kind)},
        "decades": {str(when): parts(view, decade == when) for when in np.unique(decade)},
    }


def plain(estimate, digits=4):
    """Return value, low and high of an estimate."""
    return [round(float(one), digits) for one in (estimate.value, estimate.low, estimate.high)]


def against(found, frame, reference, draws=999):
    """Return Brier skill over another of the arrays."""
    y = found["followed"]
    losses = (brier(found["chance"], y), brier(found[reference], y))
    return plain(skill(*losses, frame["half_year"].to_numpy(), draws))


def against_all(found, frame):
    """Return one cell's skill against every reference, areas, and observed over expected."""
    y, clusters = found["followed"], frame["half_year"].to_numpy()
    references = [name for name in ("own", "block_own", "usual", "calm") if name in found]
    return {
        "looks": len(y),
        "base": round(float(y.mean()), 4),
        **{name: against(found, frame, name) for name in references},
        "area": round(area(found["chance"], y), 4),
        "area_within": round(area_within(found["chance"], y, frame["series"].to_numpy()), 4),
        "ratio": plain(ratio(y, found["chance"], clusters)),
    }


def _by_class(view, kinds):
    out = {"all": {name: _measured(*view.cell(name)) for name in view.cells}}
    for kind in np.unique(kinds):
        for name in view.cells:
            found, frame = view.cell(name, kinds == kind)
            if len(frame) >= FEW and found["followed"].sum() >= 20:
                out.setdefault(str(kind), {})[name] = _measured(found, frame)
    return out


def _measured(found, frame):
    y = found["followed"]
    value, low, high = against(found, frame, "own")
    return {
        "looks": len(y),
        "base": round(float(y.mean()), 4),
        "skill": value,
        "skill_low": low,
        "skill_high": high,
        "area_within": round(area_within(found["chance"], y, frame["series"].to_numpy()), 4),
    }


def _statements(found, frame):
    """Return edges, count, stated, followed and its interval of statements of about so much."""
    place = np.clip(np.searchsorted(EDGES, found["chance"], side="right") - 1, 0, len(EDGES) - 2)
    clusters, out = frame["half_year"].to_numpy(), []
    for k in range(len(EDGES) - 1):
        rows = place == k
        if rows.sum() >= 50:
            stated = round(float(found["chance"][rows].mean()), 4)
            came = plain(share(found["followed"][rows], clusters[rows], draws=299))
            out.append([float(EDGES[k]), float(EDGES[k + 1]), int(rows.sum()), stated, *came])
    return out


def share(followed, clusters, draws=999):
    """Return how often it followed."""
    sums = totals(clusters, np.column_stack([followed, np.ones_like(followed)]))
    return bootstrap(sums, lambda s: s[..., 0] / s[..., 1], draws)


def tenths(found):
    """Return stated and followed of each tenth of the forecasts."""
    parts = np.array_split(np.argsort(found["chance"], kind="stable"), 10)
    pairs = [(found["chance"][part].mean(), found["followed"][part].mean()) for part in parts]
    return [[round(float(one), 4) for one in pair] for pair in pairs]


def by_confidence(view, names=("1.5s_60", "10_60", "1.5s_20", "20_120")):
    """Return observed over expected in each band of C, without and with the factor."""
    place, out = np.searchsorted(BANDS, view.frame["C"].to_numpy(), side="right") - 1, {}
    for name in names:
        out[name] = {}
        for chance, said in (("plain", "without"), ("chance", "with")):
            cells = [view.cell(name, place == k) for k in range(len(BANDS) - 1)]
            out[name][said] = [
                plain(ratio(found["followed"], found[chance], frame["half_year"].to_numpy()))
                for found, frame in cells
            ]
    return out


def _ages(view):
    """Return observed over expected from volatility and trend by C now and in the three looks before."""
    shape, series = view.frame["C"].to_numpy(), view.frame["series"]
    before = np.column_stack([view.frame["C"].groupby(series).shift(k) for k in (1, 2, 3)])
    was, now = (before >= 0.2).any(axis=1), shape >= 0.2
    groups = {
        "C of .2 and more, not in the 63 sessions before": now & ~was,
        "C of .2 and more, and before": now & was,
        "C of .1 to .2 after": was & (shape >= 0.1) & ~now,
        "C below .1 after": was & (shape < 0.1),
        "C below .1, not after": ~was & (shape < 0.1),
    }
    out = {}
    for words, rows in groups.items():
        out[words] = {"looks": int(rows.sum())}
        for name in ("1.5s_60", "10_60", "1.5s_20"):
            found, frame = view.cell(name, rows)
            out[words][name] = plain(ratio(found["followed"], found["plain"], frame["half_year"].to_numpy()))
    return out


def log_gain(view, names=("1.5s_60", "10_60", "5_20", "20_120")):
    """Return the gain in log score by the bubble."""
    out = {}
    for name in names:
        found, frame = view.cell(name)
        y = found["followed"]
        losses = (log_loss(found["chance"], y), log_loss(found["plain"], y))
        out[name] = plain(skill(*losses, frame["half_year"].to_numpy()), 5)
    return out


def levels(frame):
    """Return the bubble's level of each look, with C of the day for C3."""
    facts = frame.assign(C3=frame["C"])[["C3", "run_up", "z250", "fomo"]].to_dict("records")
    return np.array([level(row, Rules()) for row in facts])


def _rules(view):
    j, k = view.cells["10_60"]
    chance, usual, named = (
        view.arrays["chance"][:, j, k],
        view.arrays["usual"][:, j, k],
        levels(view.frame),
    )
    picks = {
        "stated .4-.6 for 10% in 60": (chance >= 0.4) & (chance < 0.6),
        "stated .5 and more": chance >= 0.5,
        "risk high": (chance >= 2 * usual) | (chance >= 0.5),
        "risk raised": (chance >= 1.5 * usual) & (chance < 2 * usual) & (chance < 0.5),
        **{name: named == name for name in ("critical", "warning", "watch", "calm")},
    }
    years, out = len(view.frame) / 12.0, {}
    for name, chosen in picks.items():
        out[name] = {"looks": int(chosen.sum()), "a_year": round(float(chosen.sum() / years), 3)}
        for cell in ("10_60", "20_120", "1.5s_60"):
            found, frame = view.cell(cell, chosen)
            base = float(view.cell(cell)[0]["followed"].mean())
            came = np.array(plain(share(found["followed"], frame["half_year"].to_numpy())))
            out[name][cell] = {
                "stated": round(float(found["chance"].mean()), 4),
                "followed": came.tolist(),
                "times_base": (came / base).round(3).tolist(),
            }
    return out


def eras(view, widths, decade, kind):
    """Return how far what followed in a decade and kind of series lay from what was stated, in log odds."""
    out = {}
    for horizon, width in widths.items():
        off = []
        for name in (cell for cell in view.cells if cell.endswith(f"_{horizon}")):
            for when in np.unique(decade):
                for one in np.unique(kind):
                    found, _ = view.cell(name, (decade == when) & (kind == one))
                    n, y = len(found["followed"]), found["followed"].sum()
                    if n >= FEW and 10 <= y <= n - 10:
                        p = found["chance"].mean()
                        off.append((when, abs(np.log(y / (n - y)) - np.log(p / (1 - p)))))
        when, off = np.array(off).T
        earlier = np.quantile(off[when < 1990], HELD)
        out[str(horizon)] = {
            "width": width,
            "eras": len(off),
            "inside": round(float(np.mean(off <= width)), 3),
            "fitted": round(float(np.quantile(off, HELD)), 3),
            "inside_later": round(float(np.mean(off[when >= 1990] <= earlier)), 3),
        }
    return out


def parts(view, chosen):
    """Return skill and observed over expected of some of the looks."""
    out = {"looks": int(chosen.sum())}
    for cell in SHOWN:
        found, frame = view.cell(cell, chosen)
        if len(frame) >= FEW:
            y, clusters = found["followed"], frame["half_year"].to_numpy()
            out[cell] = {
                "own": against(found, frame, "own", 299),
                "ratio": plain(ratio(y, found["chance"], clusters, 299)),
            }
    return out
