"""Pictures of feedback, debt, channels and cycles: what they must show, on given or new axes."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from earlywarning.macro.cycles import cycle_length
from earlywarning.macro.debt_dynamics import debt_limit
from earlywarning.macro.feedback import time_varying
from earlywarning.macro.trend_breaks import trend_channel


def test_feedback_shows_the_band_and_the_turns():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(300)
    y = np.where(np.arange(300) < 150, 1.0, -1.0) * x + rng.standard_normal(300)
    days = pd.bdate_range("2015-01-01", periods=300)
    found = time_varying(pd.Series(y, days), pd.Series(x, days), window=60, replications=19)
    ax = Figure().add_subplot()
    assert found.plot(ax) is ax
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert len(dashed) == len(found.changes) == 1
    assert len(ax.collections) == 1


def test_debt_shows_both_reactions_and_the_line_that_holds_debt():
    rng = np.random.default_rng(1)
    debt = 60 + np.cumsum(rng.standard_normal(60))
    found = debt_limit(debt, rng.standard_normal(59), replications=19)
    labels = found.plot().get_legend_handles_labels()[1]
    assert {"cubic reaction", "linear reaction", "present debt"} <= set(labels)
    assert ("limit" in labels) == found.identified


def test_channel_and_cycle_draw_what_was_found():
    rng = np.random.default_rng(2)
    walk = np.cumsum(rng.standard_normal(200))
    channel = trend_channel(walk, log=False, replications=19)
    assert len(channel.plot().collections) == 1
    cycle = cycle_length(walk, window=80, replications=19)
    assert len(cycle.plot().lines[0].get_xdata()) == len(cycle.period)
