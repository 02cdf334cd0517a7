"""China's lead and what else could be asked: sizes, powers and wrong sides on simulated prices, and replay.

    python scripts/systems_prices.py sizes
    python scripts/systems_prices.py questions
    python scripts/systems_prices.py replay ../shared/systems

The tables stand in docs/systems.md.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarning.macro.level_memory import level_memory
from earlywarning.macro.sign_memory import sign_memory
from earlywarning.macro.state_memory import portrait_memory

FIGURES, FIRST = 300, 60


def sizes(histories: int = 200) -> None:
    """Print how often a level that is nought has a side, and how often a moving one has the wrong side."""
    for name, shocks in (("Gaussian", 0), ("Student's t(3)", 3)):
        for around in (0.0, 0.3, 0.5):
            rngs = (np.random.default_rng([k, 19]) for k in range(histories))
            held = [level_memory(pd.Series(_scatter(rng, FIGURES, shocks, around))).signs for rng in rngs]
            share, now = (
                np.mean([one[FIRST:] != 0 for one in held]),
                np.mean([one[-1] != 0 for one in held]),
            )
            print(f"nought, scatter {name}, its autocorrelation {around:g}: dates {share:.3f}, now {now:.3f}")
    for name, make in (("prices that revert", _prices), ("months without drift", _driftless)):
        wrong, none = [], []
        for k in range(histories):
            rng = np.random.default_rng([k, 20])
            true = make(rng, FIGURES)
            signs = level_memory(pd.Series(true + 0.25 * rng.standard_normal(FIGURES))).signs
            wrong.append(np.mean((signs * np.sign(true))[FIRST:] < 0))
            none.append(np.mean(signs[FIRST:] == 0))
        print(f"{name}: wrong side on {np.mean(wrong):.3f}, no side on {np.mean(none):.3f} of dates")
    for effect in (1.0, 2.0, 4.0):
        path = effect * np.append(np.ones(240), -np.ones(24))
        found = np.array(
            [
                level_memory(pd.Series(path + np.random.default_rng([k, 21]).standard_normal(264))).signs
                for k in range(histories)
            ]
        )
        shares = {after: round(float(np.mean(found[:, 239 + after] < 0)), 2) for after in (3, 6, 12, 24)}
        print(f"falls by {effect:g} scatters: found after {shares}")


def _scatter(rng: np.random.Generator, n: int, freedom: int, around: float) -> np.ndarray:
    e = rng.standard_t(freedom, n) if freedom else rng.standard_normal(n)
    for place in range(1, n):
        e[place] += around * e[place - 1]
    return e


def _prices(rng: np.random.Generator, n: int, left: int | None = None) -> np.ndarray:
    """Return changes of prices on the year: months are drawn to 2% a year, from ``left`` on to -3%.

    Half of a month's distance is gone after eight months; a year's change deviates by some 4 points, as
    China's producer prices did to 2011.
    """
    keep = 0.5 ** (1 / 8)
    months, shocks = np.full(n + 120, 2.0), rng.standard_normal(n + 120)
    for place in range(1, n + 120):
        to = 2.0 if left is None or place < left + 120 else -3.0
        months[place] = to + keep * (months[place - 1] - to) + 5.0 * np.sqrt(1 - keep**2) * shocks[place]
    return np.convolve(months, np.ones(12) / 12, "valid")[-n:]


def _driftless(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.convolve(8.0 * rng.standard_normal(n + 11), np.ones(12) / 12, "valid")


def questions(histories: int = 100) -> None:
    """Print how often several questions are answered with the claim: never left, and after leaving."""
    asked = {
        "portrait divergent downward": _portrait,
        "mean change of prices over 36 months falls": _drifts,
        "longer below nought than its own past returns": _spell,
        "prices after the gap of interest to growth": _follows,
        "prices fall (deflation)": lambda x, gap: level_memory(pd.Series(x)).sign < 0,
        "debt outgrows output": lambda x, gap: level_memory(pd.Series(gap)).sign > 0,
        "debt deflation": lambda x, gap: (
            level_memory(pd.Series(x)).sign < 0 and level_memory(pd.Series(gap)).sign > 0
        ),
    }
    for name, question in asked.items():
        row = []
        for after in (None, 12, 24, 48):
            n, left = 240 + (after or 0), None if after is None else 240
            hits = [question(*_economy(np.random.default_rng([k, 22]), n, left)) for k in range(histories)]
            row.append(float(np.mean(hits)))
        print(f"{name}: never left {row[0]:.2f}; after one, two, four years {row[1:]}", flush=True)


def _economy(rng: np.random.Generator, n: int, left: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Return prices, and interest of 4% less growth of 6.5% at them; volume feels prices by a fifth."""
    x = _prices(rng, n, left)
    volume = 6.5 + 0.2 * (x - 2.0) + np.repeat(0.5 * rng.standard_normal(n // 3 + 1), 3)[:n]
    x = x + 0.25 * rng.standard_normal(n)
    return x, 4.0 - volume - x


def _portrait(x: np.ndarray, _: np.ndarray) -> bool:
    memory = portrait_memory(pd.Series(x), length=480, lags=12)
    return memory.state > 0 and x[-1] < x.mean()


def _drifts(x: np.ndarray, _: np.ndarray) -> bool:
    level = np.zeros(len(x))
    for place in range(12, len(x)):
        level[place] = level[place - 12] + x[place]
    return sign_memory(pd.Series(np.diff(level)), window=36).sign < 0


def _spell(x: np.ndarray, _: np.ndarray) -> bool:
    """Return whether the spell below nought is longer than 95% of those of an autoregression of the past."""
    above = np.flatnonzero(x >= 0)
    spell = len(x) - 1 - (int(above[-1]) if len(above) else -1)
    past = x[: len(x) - spell]
    if not spell or len(past) < 60:
        return False
    keep = min(np.corrcoef(past[1:], past[:-1])[0, 1] + 4.0 / len(past), 0.995)
    size = np.std(past[1:] - past.mean() - keep * (past[:-1] - past.mean()))
    rng = np.random.default_rng(len(x))
    paths, now = np.zeros((400, spell)), np.full(400, past[-1])
    for place in range(spell):
        now = past.mean() + keep * (now - past.mean()) + size * rng.standard_normal(400)
        paths[:, place] = now
    return float((paths < 0).all(axis=1).mean()) <= 0.05 * float((paths[:, 0] < 0).mean())


def _follows(x: np.ndarray, gap: np.ndarray) -> bool:
    """Return whether prices fall after interest exceeded growth: their next change on the mean gap before."""
    before = np.convolve(gap, np.ones(12) / 12, "valid")[:-1]
    return sign_memory(pd.Series(np.diff(x)[11:]), pd.Series(before), window=120).sign < 0


def replay(folder: Path) -> None:
    """Print China's lead month by month from 2006 on, and how it stood to what prices then did."""
    from scanners.systems.schema import load
    from scanners.systems.system_reading import read_monitor

    system = load("china")
    monitor = next(one for one in system.monitor if one.name == system.lead)
    rows = []
    for as_of in pd.date_range("1999-01-31", "2023-12-31", freq="ME"):
        told, _ = read_monitor(
            system, monitor, f"{as_of:%Y-%m-%d}", [folder / "macro", folder / "prices"], [], None, False
        )
        rows.append((as_of, told.state, told.numbers.get("prices"), told.last))
    table = pd.DataFrame(rows, columns=["as_of", "state", "prices", "last"]).set_index("as_of")
    changes = table["state"].ne(table["state"].shift())
    print(table[changes].to_string())
    print(table["state"].value_counts(normalize=True).round(3).to_string())
    truth = pd.read_csv(folder / "macro/cn_ppi_yoy_monthly.csv", index_col=0, parse_dates=True).iloc[:, 0]
    around = truth.rolling(13, center=True).mean()
    there = around.reindex(pd.DatetimeIndex(table["last"])).to_numpy()
    falls = table["state"].isin(["deflation", "debt deflation"]).to_numpy()
    known = np.isfinite(there)
    print(f"falling while the year around rises: {np.mean(falls[known] & (there[known] > 0)):.3f} of months")
    rises = (table["state"] == "inflation").to_numpy()
    print(f"rising while the year around falls: {np.mean(rises[known] & (there[known] < 0)):.3f} of months")
    before = {}
    for as_of, state, _, _ in rows:
        before.setdefault(f"{as_of:%Y}", []).append(state)
    print({year: max(set(states), key=states.count) for year, states in before.items()})


if __name__ == "__main__":
    what = sys.argv[1] if len(sys.argv) > 1 else "sizes"
    if what == "replay":
        replay(Path(sys.argv[2]))
    else:
        {"sizes": sizes, "questions": questions}[what]()
