"""The peer beside our signals on the same random dates: days, not episodes, as a sample has no neighbours."""

from collections.abc import Mapping, Sequence

import numpy as np

from scanners.past.skill import signals
from scanners.past.skill.intervals import wilson
from scanners.past.skill.judged import JudgedPast
from scanners.past.skill.tables import TextTable

TARGETS = ("major top in 60", "fall of 10% in 60")
Sampled = Mapping[tuple[str, int], float]


def peer_table(panel: Sequence[JudgedPast], sampled: Sampled) -> TextTable:
    """Return how well each signal ranks the sampled dates, and what followed its highest ones.

    Parameters
    ----------
    panel : sequence of JudgedPast
    sampled : mapping of (str, int) to float
        Series and position -> confidence of ``lppls`` at its defaults.

    Notes
    -----
    As many of the highest dates count as alarms as have a level of the policy among the sampled ones; ties
    are broken at random, by a fixed seed. The area under the ROC curve is 0.5 without skill.
    """
    dates = [
        (one, k) for one in panel for k, at in enumerate(one.member.at) if (one.member.name, at) in sampled
    ]
    levels = np.array([one.levels("fomo")[k] for one, k in dates])
    values = {
        "lppls 0.6.24, defaults": np.array(
            [sampled[one.member.name, int(one.member.at[k])] for one, k in dates]
        ),
        "C3": np.array([one.consensus()[k] for one, k in dates]),
    }
    for label in ("250-day momentum", "distance from 200-day mean"):
        whole = {
            one.member.name: signals.values(signals.BASELINES[label], one.member.prices, one.member.at)
            for one in panel
        }
        values[label] = np.array([whole[one.member.name][k] for one, k in dates])
    alarms = max(1, int((levels >= 1).sum()))
    noise = np.random.default_rng(0).random(len(dates))
    rows = []
    for label, value in values.items():
        order = np.lexsort((noise, np.nan_to_num(value, nan=-np.inf)))[::-1]
        cells = []
        for target in TARGETS:
            followed = np.array([one.tops.followed[target][k] for one, k in dates])
            chosen = followed[order[:alarms]]
            chosen = chosen[np.isfinite(chosen)]
            low, high = wilson(int(chosen.sum()), len(chosen))
            share = f"{int(chosen.sum())}/{len(chosen)} ({low:.0%}-{high:.0%}) vs {np.nanmean(followed):.0%}"
            cells += [f"{area(value, followed):.2f}", share]
        rows.append((label, *cells))
    head = [f"{name} {target}" for target in TARGETS for name in ("area under ROC,", "highest dates,")]
    title = f"The peer on {len(dates)} random dates, {alarms} of them alarms"
    return TextTable(title, ("signal", *head), tuple(rows))


def area(value: np.ndarray, followed: np.ndarray) -> float:
    """Return the area under the ROC curve: how often a followed date ranks above another, ties half."""
    known = np.isfinite(value) & np.isfinite(followed)
    hit, miss = value[known & (followed > 0)], value[known & (followed == 0)]
    if not len(hit) or not len(miss):
        return float("nan")
    above = (hit[:, None] > miss).mean()
    return float(above + 0.5 * (hit[:, None] == miss).mean())
