"""How often the younger monitors find something where nothing is, and what they find where something is.

Run ``python scripts/systems_sizes.py [gap|depth|lead|course|divergence|holder|steps]``; a row a truth, for
docs/systems.md.
"""

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
from feedback_power import garch, gaussian
from systems_power import report, share
from systems_truths import bursts, shortages

from earlywarning._kernels.debt import ar1_errors
from earlywarning.macro.debt_divergence import debt_divergence
from earlywarning.macro.level_gap import level_gap
from earlywarning.macro.long_change import long_change
from earlywarning.macro.sign_memory import held, sign_memory
from scanners.systems.monitors.depth import ENTER, HOLD, depths
from scanners.systems.monitors.divergence import FEWEST, held_by_years
from scanners.systems.monitors.steps import held_at_shortages
from scanners.systems.monitors.turns import turning_points
from scanners.systems.options import StepsOptions

TRIALS = 400
NOISES = {"Gaussian": gaussian, "GARCH-t": garch}
NEIGHBOURS = {
    "GARCH .06, .92": bursts(0.06, 0.92, 6),
    "GARCH .3, .65": bursts(0.3, 0.65, 5),
    "Student's t(4)": bursts(0.0, 0.0, 4),
}


def days_row(name: str, signs: list[np.ndarray]) -> None:
    """Print on how many days something is said, and on how many of the last ones."""
    shares = [float(np.mean(one != 0)) for one in signs]
    error = np.std(shares) / np.sqrt(len(shares))
    report(
        name, days=f"{np.mean(shares):.3f} +- {1.96 * error:.3f}", last=share([one[-1] != 0 for one in signs])
    )


def gap_rows() -> None:
    """The mean of ten years of months that ended a year ago; then five years of weeks."""
    for window, ahead in ((120, 12), (260, 52)):
        for label, noise in NOISES.items():
            signs = []
            for trial in range(TRIALS):
                y = pd.Series(np.cumsum(noise(np.random.default_rng([trial, 6]), 4 * window)))
                signs.append(level_gap(y, window=window, ahead=ahead).signs[window + ahead :])
            days_row(f"gap to its own mean, {window} and {ahead}, {label} walks", signs)
    for label, noise in NOISES.items():
        signs = []
        for trial in range(TRIALS):
            rng = np.random.default_rng([trial, 7])
            y = pd.Series(np.cumsum(noise(rng, 480)))
            x = pd.Series(ar2_cycle(rng, 480))
            signs.append(level_gap(y, x, window=120, ahead=12).signs[132:])
        days_row(f"gap of a walk to a business cycle, 120 and 12 months, {label}", signs)
    found = []
    for trial in range(TRIALS):
        rng = np.random.default_rng([trial, 8])
        y = pd.Series(ar1_errors(gaussian(rng, 240), 0.9)) - np.where(np.arange(240) >= 228, 6.0, 0.0)
        found.append(level_gap(y, window=120, ahead=12).signs[-1] < 0)
    report("a reverting level that fell by 2.6 standard deviations a year ago", below=share(found))


def ar2_cycle(rng: np.random.Generator, n: int, period: float = 50.0, modulus: float = 0.97) -> np.ndarray:
    """Return a smooth stochastic cycle of about four years, as leading indicators have."""
    first, second = 2 * modulus * np.cos(2 * np.pi / period), -(modulus**2)
    out, noise = np.zeros(n + 200), rng.standard_normal(n + 200)
    for t in range(2, n + 200):
        out[t] = first * out[t - 1] + second * out[t - 2] + noise[t]
    return out[200:]


def depth_rows() -> None:
    for label, noise in NOISES.items():
        for window, drift in ((2500, 0.0), (2500, 0.03), (500, 0.0)):
            signs, fled = [], []
            for trial in range(TRIALS // 2):
                steps = noise(np.random.default_rng([trial, 9]), 6000) + drift
                signs.append(_fallen(steps, window)[2500:])
                steps[-60:] = 3.0 * steps[-60:] - 2.0 * np.sqrt(500) * steps.std() / 60
                fled.append(_fallen(steps, window)[-1] != 0)
            days_row(f"depth of {label} walks, {window}, drift {drift:g} of a session's deviation", signs)
            if not drift:
                report("sixty sessions, volatility threefold, two deviations of 500 down", found=share(fled))


def _fallen(steps: np.ndarray, window: int) -> np.ndarray:
    _, ratio = depths(pd.Series(np.cumsum(steps)), window)
    return held(ratio.to_numpy(), ENTER, HOLD * ENTER)[0]


def lead_rows() -> None:
    """Monthly steps on the year before of an unrelated rate, forty years."""
    for label, noise in NOISES.items():
        signs = []
        for trial in range(TRIALS // 2):
            rng = np.random.default_rng([trial, 10])
            rate = pd.Series(np.cumsum(noise(rng, 480)))
            before = (rate - rate.shift(12)).shift(1).iloc[13:]
            memory = sign_memory(pd.Series(noise(rng, 480)).iloc[13:], before, window=120)
            signs.append(memory.signs[119:])
        days_row(f"lead of an unrelated {label} rate", signs)
    for effect in (0.15, 0.3):
        found = []
        for trial in range(TRIALS // 2):
            rng = np.random.default_rng([trial, 11])
            rate = pd.Series(np.cumsum(gaussian(rng, 360)))
            before = ((rate - rate.shift(12)).shift(1) / np.sqrt(12)).iloc[13:]
            y = effect * before + np.sqrt(1 - effect**2) * gaussian(rng, len(before))
            found.append(sign_memory(y, before, window=120).sign > 0)
        report(f"a lead of correlation {effect:g}, thirty years", found=share(found))


def _summed(noise: Callable, n: int) -> Callable:
    return lambda rng: np.cumsum(noise(rng, n))


def course_rows() -> None:
    """A change over a span against earlier ones, of walks and of levels that revert."""
    for n, span in ((20, 4), (30, 4), (50, 8), (110, 12), (160, 12)):
        rows = {f"{label} walks": _summed(noise, n) for label, noise in (NOISES | NEIGHBOURS).items()}
        for rho in (0.95, 0.9, 0.8, 0.7):
            rows[f"levels reverting by {rho:g}"] = lambda rng, rho=rho, n=n: ar1_errors(gaussian(rng, n), rho)
        for name, draw in rows.items():
            signs = [
                long_change(pd.Series(draw(np.random.default_rng([trial, 12]))), span=span).signs
                for trial in range(TRIALS)
            ]
            days_row(f"course of {name}, {n} figures, span {span}", [one[4 * span - 1 :] for one in signs])
        for mean in (1.0, 2.0):
            found = []
            for trial in range(TRIALS):
                steps = gaussian(np.random.default_rng([trial, 13]), n)
                steps[-span:] += mean
                found.append(long_change(pd.Series(np.cumsum(steps)), span=span).signs[-1] > 0)
            report(f"course, {n}, that rises by {mean:g} deviations a step over its span", found=share(found))


def debt_history(rng: np.random.Generator, years: int, per: int, tilt: float = 0.0) -> list[pd.Series]:
    """Return debt, balance, interest, burden and growth that wander; from the middle on they may diverge."""
    n = years * per
    late = tilt * np.clip(np.arange(n) - (n - 5 * per), 0, None) / per
    step = 1 / np.sqrt(per)
    output = np.cumsum(0.045 / per + 0.012 * step * gaussian(rng, n))
    growth = np.full(n, np.nan)
    growth[per:] = 100 * (np.exp(output[per:] - output[:-per]) - 1)
    rate = 4 + ar1_errors(0.5 * step * gaussian(rng, n), 0.95 ** (1 / per)) + late
    balance = ar1_errors(0.8 * step * gaussian(rng, n), 0.9 ** (1 / per)) - 0.3 - late
    debt, level = np.empty(n), 60.0
    for t in range(n):  # a level under 15 would be another country
        level += ((rate[t] - (growth[t] if t >= per else 4.5)) * level / 100 - balance[t]) / per
        debt[t] = level = max(level, 15.0)
    interest = rate * debt / 100
    index = pd.RangeIndex(n)
    burden = interest / (20 + np.cumsum(0.3 * step * gaussian(rng, n))) * 100
    return [pd.Series(one, index) for one in (debt, balance, interest, burden, growth)]


def divergence_rows() -> None:
    for years, per, span, past in ((55, 4, 12, 15.0), (45, 1, 4, 10.0)):
        for tilt in (0.0, 0.6):
            signs, ups = [], []
            for trial in range(TRIALS // 2):
                rng = np.random.default_rng([trial, 14])
                history = debt_history(rng, years, per, tilt)
                if history[0].min() <= 15.0:
                    continue
                index = debt_divergence(*history, periods_a_year=per, past=past)["index"].dropna()
                found = long_change(index, span=span)
                signs.append(found.signs[4 * span - 1 :])
                ups.append(found.signs[-1] > 0)
            name = f"divergence, {'quarters' if per == 4 else 'years'}, {tilt:g} points more a year for five"
            days_row(name, signs)
            report(name, diverging=share(ups), left_out=str(TRIALS // 2 - len(signs)))


def holder_rows() -> None:
    for n in (15, 25, 40):
        for effect in (0.0, 0.5):
            held_at = []
            for trial in range(TRIALS // 2):
                rng = np.random.default_rng([trial, n])
                x = gaussian(rng, n)
                y = -effect * x + np.sqrt(1 - effect**2) * gaussian(rng, n)
                held_at.append(held_by_years(x, y)[FEWEST - 1 :])
            days_row(f"holder, {n} years, correlation {-effect:g}", held_at)


def steps_rows() -> None:
    """Turns of a walk against spells of shortage that know nothing of it, or that begin at half its turns."""
    options = StepsOptions()
    for label, noise in NOISES.items():
        for tied in (False, True):
            held_at = []
            for trial in range(TRIALS // 2):
                rng = np.random.default_rng([trial, 15])
                turns = turning_points(np.cumsum(0.01 * noise(rng, 6000)), options.swing)
                places = np.array([place for place, _ in turns])
                short = shortages(rng, places, 6000, tied)
                held_at.append(held_at_shortages(places, short, options)[options.events - 1 :])
            days_row(f"turns at {'half their own' if tied else 'unrelated'} shortages, {label}", held_at)


ROWS: dict[str, Callable[[], None]] = {
    "gap": gap_rows,
    "depth": depth_rows,
    "lead": lead_rows,
    "course": course_rows,
    "divergence": divergence_rows,
    "holder": holder_rows,
    "steps": steps_rows,
}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or ROWS:
        ROWS[chosen]()
