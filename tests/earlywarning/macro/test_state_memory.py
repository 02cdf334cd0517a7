"""States with memory: a slow twin, nothing after a date, false alarms on walks, and delays of true turns."""

import numpy as np
import pandas as pd
import pytest
import reference_systems as slow

from earlywarning._kernels.debt import ar1_errors, debt_path
from earlywarning.macro.debt_memory import debt_memory, state_ahead
from earlywarning.macro.debt_table import as_record
from earlywarning.macro.state_memory import DROP, HOLD, TAKE, portrait_memory, remembered, state_after

MONTHS = pd.date_range("1980-01-31", periods=400, freq="ME")


def walk(n, seed):
    return np.cumsum(np.random.default_rng(seed).standard_normal(n))


def history(n, slope, seed=0, level=60.0):
    """Debt dynamics of one slope a year about a level, errors of .5."""
    rng = np.random.default_rng(seed)
    errors = ar1_errors(1.5 * rng.standard_normal(n), 0.5)
    rates = 0.02 * rng.standard_normal(n)
    return debt_path(
        level + 5, rates, np.array([0.0, -slope * level]), level, level, np.zeros(n), errors, 1.0
    )


def test_a_state_is_taken_up_by_two_figures_in_a_row_and_dropped_by_four():
    rng = np.random.default_rng(1)
    ratio = np.where(rng.random(500) < 0.1, np.nan, 1.2 * np.sin(np.arange(500) / 9) + 0.4 * rng.random(500))
    assert remembered(ratio).tolist() == slow.remembered(ratio, TAKE, DROP, HOLD)
    assert set(remembered(ratio)) == {-1, 0, 1}
    ratio = np.array([0.0, 1.5, 0.0, 1.5, 1.5, 0.2, 0.2, 0.2, 0.3, 0.2, 0.2, 0.2, 0.2])
    assert remembered(ratio).tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0]


def test_new_figures_change_nothing_that_was_said_before_them():
    x = pd.Series(walk(300, 2), MONTHS[:300])
    whole = portrait_memory(x, length=120, lags=12)
    for n in (80, 150, 299):
        part = portrait_memory(x[:n], length=120, lags=12)
        assert part.states.tolist() == whole.states[:n].tolist()
    debt, balance = history(120, 0.05, seed=3)
    balance[20:24] = np.nan
    whole = debt_memory(debt, balance)
    for n in (50, 90, 119):
        part = debt_memory(debt[: n + 1], balance[:n])
        assert part.states.tolist() == whole.states[:n].tolist()


def test_walks_have_a_state_on_about_one_date_in_twenty():
    shares = [(portrait_memory(walk(360, seed), length=120).states[120:] != 0).mean() for seed in range(60)]
    assert 0.01 < np.mean(shares) < 0.09


def test_debt_that_is_drawn_nowhere_has_a_state_on_about_one_date_in_twenty():
    shares = []
    for seed in range(20):
        debt, balance = history(90, 0.0, seed)
        states = debt_memory(debt, balance, growth=np.zeros(90)).states[30:]
        shares.append((states != 0).mean())
    assert np.mean(shares) < 0.11


def test_what_is_drawn_back_or_runs_away_is_told_and_dated_once():
    pulled = np.zeros(300)
    noise = np.random.default_rng(4).standard_normal(300)
    for t in range(1, 300):
        pulled[t] = 0.6 * pulled[t - 1] + noise[t]
    found = portrait_memory(pulled)
    assert found.state == -1
    assert len(found.runs) <= 2
    debt, balance = history(90, 0.05, seed=5)
    fled = debt_memory(debt, balance, growth=np.zeros(90))
    assert fled.state == 1
    assert fled.since == fled.runs[-1].start


def test_states_ahead_are_those_of_the_longer_series():
    x = walk(200, 6)
    found = portrait_memory(x, length=100)
    for further in ([x[-1] + 9] * 2, [x[-1]] * 3):
        longer = portrait_memory(np.append(x, further), length=100)
        assert state_after(found, x, further, length=100) == longer.state
    debt, balance = history(60, 0.05, seed=7)
    record, _, _ = as_record(debt, balance, None, None, 1.0)
    found = debt_memory(debt, balance)
    ahead = state_ahead(found, record, 3.0, 0.01, 20, "ar1", 10.0)
    path = [debt[-1]]
    for _ in range(20):
        path.append(path[-1] * 1.01 - 3.0)
    longer = debt_memory(np.append(debt, path[1:]), np.append(balance, np.full(20, 3.0)))
    assert ahead.tolist() == longer.states[-20:].tolist()


@pytest.mark.parametrize("broken", [np.arange(40.0), np.full(60, np.nan)])
def test_too_few_or_missing_values_are_refused(broken):
    with pytest.raises(ValueError, match="x must"):
        portrait_memory(broken)
