"""Series that are joined by their labels: each stands once, dates in any form."""

import numpy as np
import pandas as pd
import pytest

import earlywarning

N = 60
YEARS = pd.period_range("1960", periods=N, freq="Y")
RNG = np.random.default_rng(0)
DEBT = pd.Series(50 + RNG.standard_normal(N).cumsum(), index=YEARS)
BALANCE = pd.Series(RNG.standard_normal(N), index=YEARS)


@pytest.mark.parametrize("labels", [YEARS.to_timestamp(how="end").normalize(), np.arange(1960, 1960 + N)])
def test_repeated_labels_are_refused_by_name(labels):
    twice = pd.Index(labels).repeat([2, *[1] * (N - 2), 0])
    for debt, balance, name in (
        (DEBT.set_axis(twice), BALANCE.set_axis(labels), "debt"),
        (DEBT.set_axis(labels), BALANCE.set_axis(twice), "balance"),
    ):
        with pytest.raises(
            ValueError, match=f"labels of {name} must stand once|dates must be strictly increasing"
        ):
            earlywarning.debt_limit(debt, balance, replications=19)


def test_periods_and_dates_join():
    dates = DEBT.set_axis(YEARS.to_timestamp(how="end").normalize())
    kwargs = {"replications": 19, "seed": 0}
    one = earlywarning.debt_limit(DEBT, BALANCE, **kwargs).to_dict()
    two = earlywarning.debt_limit(dates, BALANCE, **kwargs).to_dict()
    assert repr(one) == repr(two)
