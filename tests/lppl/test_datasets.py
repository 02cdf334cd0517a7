"""Embedded prices: published closes, shape of the series, and the script that makes them."""

import gzip
import importlib.util
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lppl

ROOT = Path(__file__).resolve().parents[2]

# Closes as printed by the exchange, the S&P index committee, the EIA and the London fix.
PUBLISHED = [
    ("nasdaq", "1994-01-03", 770.76),
    ("nasdaq", "2000-03-10", 5048.62),
    ("nasdaq", "2002-10-09", 1114.11),
    ("sp500", "2007-10-09", 1565.15),
    ("sp500", "2009-03-09", 676.53),
    ("wti", "2008-07-03", 145.31),
    ("wti", "1986-01-02", 25.56),
    ("gold", "1980-01-21", 850.0),
    ("gold", "2011-09-05", 1895.0),
]
SPANS = {
    "nasdaq": ("1994-01-03", "2018-12-31", 6294),
    "sp500": ("1999-01-04", "2018-12-31", 5031),
    "wti": ("1986-01-02", "2019-01-03", 8321),
    "gold": ("1979-12-27", "2020-03-13", 10492),
}


@pytest.mark.parametrize(("name", "day", "close"), PUBLISHED)
def test_closes_are_the_published_ones(name, day, close):
    assert lppl.datasets.load(name)[day] == close


@pytest.mark.parametrize("name", lppl.datasets.names())
def test_series_keep_the_library_contract(name):
    prices = lppl.datasets.load(name)
    first, last, sessions = SPANS[name]
    assert (prices.name, prices.index.name) == (name, "date")
    assert prices.dtype == np.float64
    assert prices.index.dtype == "datetime64[ns]"
    assert prices.index.is_monotonic_increasing and prices.index.is_unique
    assert (prices > 0).all()
    assert (prices.index[0], prices.index[-1]) == (pd.Timestamp(first), pd.Timestamp(last))
    assert len(prices) == sessions
    assert np.is_busday(prices.index.to_numpy().astype("datetime64[D]")).all()


def test_names_are_every_file_in_the_package():
    packed = {path.name.removesuffix(".csv.gz") for path in (ROOT / "lppl/datasets").glob("*.csv.gz")}
    assert packed == set(lppl.datasets.names()) == set(SPANS)


def test_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="one of nasdaq, sp500, wti, gold, got 'dax'"):
        lppl.datasets.load("dax")


@pytest.mark.parametrize("name", lppl.datasets.names())
def test_script_makes_exactly_these_files(name):
    spec = importlib.util.spec_from_file_location("make_datasets", ROOT / "scripts/make_datasets.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    try:
        made = script.to_csv(script.SERIES[name]())
    except PackageNotFoundError as missing:
        pytest.skip(f"the source package is not installed: {missing}")
    assert made == gzip.decompress((ROOT / f"lppl/datasets/{name}.csv.gz").read_bytes()).decode()


@pytest.mark.parametrize("name", lppl.datasets.names())
def test_independent_copies_agree(name, shared_prices):
    """A second redistribution of the same closes, in single precision and cut to eight digits."""
    other = {"gold": "gold_lbma_pm"}.get(name, name)
    copy = pd.read_csv(shared_prices / f"{other}.csv", index_col="date", parse_dates=True)["close"]
    ours = lppl.datasets.load(name)
    both = ours.index.intersection(copy.index)
    assert len(both) > 0.99 * min(len(ours), len(copy[: ours.index[-1]]))
    np.testing.assert_allclose(ours[both], copy[both], rtol=1e-7)
