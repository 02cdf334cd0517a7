"""What uses were worth: a look decides the sessions after it, costs are taken, figures of a known path."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scanners.past.panel.uses import daily, held, worth


def test_a_signal_acts_on_the_session_after_its_look():
    share = held(np.array([2, 4]), np.array([True, False]), 7)
    assert share.tolist() == [1, 1, 1, 0.5, 0.5, 1, 1]


def test_a_known_fall_is_halved_and_every_trade_costs():
    closes = np.array([100.0, 100.0, 80.0, 80.0])
    share = np.array([1.0, 1.0, 0.5, 1.0])
    assert_allclose(daily(closes, share, cost=0.01), [0.0, -0.1 - 0.005, -0.005], rtol=1e-12)


def test_figures_of_a_path():
    returns = np.tile([0.01, -0.01], 252)
    found = worth(returns, np.ones(505))
    assert found.years == 2
    assert found.volatility == pytest.approx(0.01 * np.sqrt(252))
    assert found.growth == pytest.approx((1 - 1e-4) ** 126 - 1)
    assert found.exposure == 1
    assert found.turnover == 0
    steady = worth(np.array([0.5, -0.5, 0.2]), np.ones(4))
    assert steady.drawdown == pytest.approx(0.5)
