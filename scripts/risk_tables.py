"""Tables of what the chances of a fall were worth: text for people, numbers for the record that ships."""

from itertools import pairwise

import numpy as np

from scanners.risk.coefficients import shipped
from scanners.risk.scores import Estimate, area, area_within, bootstrap, brier, log_loss, ratio, skill, totals
from scanners.risk.state import Rules, level

SHOWN = ("5_20", "10_60", "20_120", "30_250", "1.5s_60")
BANDS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 1.01)
FEW = 300  # looks of an asset class below which it has no record of its own


def tables(arrays, frame, cells):
    """Return the tables as markdown, and the record as plain values."""
    view = _View(arrays, frame, cells)
    skills, record = _skills(view)
    text = [
        *("## Skill by cell, walking forward", skills),
        *("## Reliability: every tenth of forecasts", _tenths(view)),
        *("## Observed over expected by C", _by_confidence(view)),
        *("## What C adds to the log score", _log_gain(view)),
        *("## Rules", _rules(view)),
        *("## Coverage of the 80% intervals", _coverage(view)),
        *("## By decade and by kind of series", _parts(view)),
    ]
    return "\n\n".join(text) + "\n", record


class _View:
    """One cell at a time: arrays where the outcome is known."""

    def __init__(self, arrays, frame, cells):
        self.arrays, self.frame, self.cells = arrays, frame, cells

    def cell(self, name, rows=None):
        j, k = self.cells[name]
        known = ~np.isnan(self.arrays["followed"][:, j, k])
        if rows is not None:
            known &= rows
        found = {part: values[known, j, k] for part, values in self.arrays.items()}
        return found, self.frame[known], known


def _row(*values):
    return "| " + " | ".join(str(value) for value in values) + " |"


def _table(head, rows):
    return "\n".join([_row(*head), _row(*("---" for _ in head)), *(_row(*row) for row in rows)])


def _against(found, frame, reference, chance="chance", draws=999):
    y = found["followed"]
    return skill(brier(found[chance], y), brier(found[reference], y), frame["half_year"].to_numpy(), draws)


def _skills(view):
    rows, record = [], {"all": {}}
    kinds = view.frame["kind"].to_numpy()
    for name in view.cells:
        found, frame, _ = view.cell(name)
        measured = _measured(found, frame)
        record["all"][name] = measured
        for kind in np.unique(kinds):
            part, some, _ = view.cell(name, kinds == kind)
            if len(some) >= FEW and part["followed"].sum() >= 20:
                record.setdefault(str(kind), {})[name] = _measured(part, some)
        if name in SHOWN:
            y, series = found["followed"], frame["series"].to_numpy()
            rows.append(
                (
                    name,
                    f"{y.mean():.3f}",
                    _against(found, frame, "bare"),
                    _against(found, frame, "own"),
                    _against(found, frame, "usual"),
                    _against(found, frame, "calm"),
                    f"{area(found['chance'], y):.3f}",
                    f"{area_within(found['chance'], y, series):.3f}",
                    ratio(y, found["chance"], frame["half_year"].to_numpy()),
                )
            )
    head = (
        "cell",
        "base",
        "over own rate, bare",
        "over own rate",
        "over usual",
        "over volatility",
        "area",
        "area within",
        "observed / expected",
    )
    return _table(head, rows), {"cells": record, "statements": _statements(view)}


def _measured(found, frame):
    y = found["followed"]
    over = _against(found, frame, "own", draws=299)
    return {
        "looks": len(y),
        "base": round(float(y.mean()), 4),
        "skill": round(over.value, 4),
        "skill_low": round(over.low, 4),
        "skill_high": round(over.high, 4),
        "area_within": round(area_within(found["chance"], y, frame["series"].to_numpy()), 4),
    }


def _statements(view):
    """Return, for each cell, edges, count, stated, followed, interval of statements of about so much."""
    edges = np.array([0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0])
    out = {}
    for name in view.cells:
        found, frame, _ = view.cell(name)
        place = np.clip(np.searchsorted(edges, found["chance"], side="right") - 1, 0, len(edges) - 2)
        out[name] = []
        for k in range(len(edges) - 1):
            rows = place == k
            if rows.sum() < 50:
                continue
            share = _share(found["followed"][rows], frame["half_year"].to_numpy()[rows], draws=299)
            out[name].append(
                [
                    float(edges[k]),
                    float(edges[k + 1]),
                    int(rows.sum()),
                    round(float(found["chance"][rows].mean()), 4),
                ]
                + [round(value, 4) for value in (share.value, share.low, share.high)]
            )
    return out


def _share(followed, clusters, draws=999):
    sums = totals(clusters, np.column_stack([followed, np.ones_like(followed)]))
    return bootstrap(sums, lambda s: s[..., 0] / s[..., 1], draws)


def _tenths(view):
    rows = []
    for name in SHOWN:
        found, _, _ = view.cell(name)
        parts = np.array_split(np.argsort(found["chance"], kind="stable"), 10)
        pairs = [(found["chance"][part].mean(), found["followed"][part].mean()) for part in parts]
        worst = max(abs(stated - came) for stated, came in pairs)
        rows.append((name, *(f"{stated:.2f} {came:.2f}" for stated, came in pairs), f"{worst:.3f}"))
    return _table(("cell (stated, followed)", *range(1, 11), "worst"), rows)


def _by_confidence(view):
    rows = []
    place = np.searchsorted(BANDS, view.frame["C"].to_numpy(), side="right") - 1
    for name in ("1.5s_60", "10_60", "1.5s_20", "20_120", "20_250"):
        for chance in ("plain", "chance"):
            row = [name, "without C" if chance == "plain" else "with C"]
            for k in range(len(BANDS) - 1):
                found, frame, _ = view.cell(name, place == k)
                row.append(ratio(found["followed"], found[chance], frame["half_year"].to_numpy()))
            rows.append(row)
    return _table(
        ("cell", "forecast", *(f"C {low:g}-{high:g}" for low, high in pairwise(BANDS))),
        rows,
    )


def _log_gain(view):
    rows = []
    for name in ("1.5s_60", "10_60", "5_20", "20_120", "20_250"):
        found, frame, _ = view.cell(name)
        y = found["followed"]
        gain = skill(log_loss(found["chance"], y), log_loss(found["plain"], y), frame["half_year"].to_numpy())
        rows.append((name, f"{gain.value:+.2%} [{gain.low:+.2%}, {gain.high:+.2%}]"))
    return _table(("cell", "gain in log score by C"), rows)


def levels(frame):
    """Return the bubble's level of each look, with C of the day for C3."""
    facts = frame.assign(C3=frame["C"])[["C3", "run_up", "z250", "fomo"]].to_dict("records")
    return np.array([level(row, Rules()) for row in facts])


def _rules(view):
    j, k = view.cells["10_60"]
    chance, usual = view.arrays["chance"][:, j, k], view.arrays["usual"][:, j, k]
    named = levels(view.frame)
    picks = {
        "stated .4-.6 for 10% in 60": (chance >= 0.4) & (chance < 0.6),
        "stated .5 and more": chance >= 0.5,
        "risk high": (chance >= 2 * usual) | (chance >= 0.5),
        "risk raised": (chance >= 1.5 * usual) & (chance < 2 * usual) & (chance < 0.5),
        **{name: named == name for name in ("critical", "warning", "watch", "calm")},
    }
    rows = []
    years = view.frame.groupby("series").size().sum() / 12.0
    for name, chosen in picks.items():
        row = [name, f"{int(chosen.sum())} ({chosen.sum() / years:.2f} a year)"]
        for cell in ("10_60", "20_120", "1.5s_60"):
            found, frame, _ = view.cell(cell, chosen)
            clusters = frame["half_year"].to_numpy()
            j, k = view.cells[cell]
            outcome = view.arrays["followed"][:, j, k]
            base = np.nanmean(outcome)
            share = _share(found["followed"], clusters)
            lift = Estimate(share.value / base, share.low / base, share.high / base)
            row.append(
                f"{found['chance'].mean():.2f}, {share} ; x base {lift}; x usual "
                f"{ratio(found['followed'], found['usual'], clusters)}"
            )
        rows.append(row)
    return _table(("rule", "looks", "10% in 60: stated, followed", "20% in 120", "1.5 sigma in 60"), rows)


def _coverage(view):
    """Tell how often what followed in a decade and kind of series lay in the interval of its mean chance."""
    decade = view.frame["date"].dt.year.to_numpy() // 10 * 10
    kinds = view.frame["kind"].to_numpy()
    widths, rows = shipped().widths, []
    for horizon, width in widths.items():
        inside = []
        for name in (cell for cell in view.cells if cell.endswith(f"_{horizon}")):
            for when in np.unique(decade):
                for kind in np.unique(kinds):
                    found, _, _ = view.cell(name, (decade == when) & (kinds == kind))
                    n, y = len(found["followed"]), found["followed"].sum()
                    if n >= FEW and 10 <= y <= n - 10:
                        p = found["chance"].mean()
                        inside.append(abs(np.log(y / (n - y)) - np.log(p / (1 - p))) <= width)
        rows.append((horizon, width, len(inside), f"{np.mean(inside):.2f}"))
    return _table(("sessions", "half width in log odds", "cells", "share inside"), rows)


def _parts(view):
    decade = view.frame["date"].dt.year.to_numpy() // 10 * 10
    groups = {str(value): decade == value for value in np.unique(decade)}
    groups |= {str(kind): (view.frame["kind"] == kind).to_numpy() for kind in view.frame["kind"].unique()}
    rows = []
    for name, chosen in groups.items():
        row = [name, int(chosen.sum())]
        for cell in SHOWN:
            found, frame, _ = view.cell(cell, chosen)
            row += [
                _against(found, frame, "own", draws=299),
                f"{found['followed'].mean() / found['chance'].mean():.2f}",
            ]
        rows.append(row)
    return _table(("part", "looks", *(name for cell in SHOWN for name in (cell, "o/e"))), rows)
