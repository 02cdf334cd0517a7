"""Generated files and series, broken at random: each reading is right to the last bar, or refused."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from dressed_files import dressed
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mutated_files import said, written
from mutated_frames import frame_of

from lppl.core.series import check
from scanners.core.errors import CommandError
from scanners.prices.files.csv_file import read_csv
from scanners.prices.files.grid import Flat
from scanners.prices.files.opened import _a_line_each, _divided, _parsed

try:
    import polars
except ImportError:
    polars = None

SEEDS = st.integers(0, 2**40)
QUICK = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LONG = settings(QUICK, max_examples=40_000)


def holds(seed, folder, make=written):
    """Read the file of a seed and compare with what its lines say in the manner they were written in."""
    file = make(seed)
    path = folder / "x.csv"
    path.write_bytes(file.content)
    try:
        prices = read_csv(path)
    except CommandError as error:
        assert str(path) in str(error) or "no prices" in str(error)
        return False
    expected = said(file)
    assert expected is not None, f"seed {seed}: a line that says nothing clear was read"
    by_day = {}
    for day, close in expected:
        assert abs(by_day.setdefault(day, close) - close) <= 1e-6 * close, f"seed {seed}: two closes of {day}"
        by_day[day] = close
    read = {moment.date(): close for moment, close in prices.items()}
    assert len(read) == len(prices)
    assert read.keys() == by_day.keys(), f"seed {seed}"
    assert all(read[day] == by_day[day] or abs(read[day] / by_day[day] - 1) < 1e-6 for day in read), (
        f"seed {seed}"
    )
    return True


@QUICK
@given(SEEDS)
@example(18)
@example(211)
@example(367)
@example(614)
@example(100937)
@example(101513)
@example(103376)
@example(105955)
@example(402412)
@example(12298)
@example(1374985)
@example(362984659063)
@example(686551178601)
def test_a_broken_file_is_read_right_or_refused(tmp_path, seed):
    holds(seed, tmp_path)


@pytest.mark.slow
@LONG
@given(SEEDS)
def test_many_broken_files_are_read_right_or_refused(tmp_path, seed):
    holds(seed, tmp_path)


@QUICK
@given(SEEDS)
def test_a_broken_file_in_a_vendors_dress_is_read_right_or_refused(tmp_path, seed):
    holds(seed, tmp_path, dressed)


@pytest.mark.slow
@settings(LONG, max_examples=20_000)
@given(SEEDS)
def test_many_broken_files_in_a_vendors_dress_are_read_right_or_refused(tmp_path, seed):
    holds(seed, tmp_path, dressed)


def test_sound_files_are_mostly_read(tmp_path):
    """Refusing everything would pass the tests above; of these files, most of them broken, many are read."""
    assert sum(holds(seed, tmp_path) for seed in range(150)) >= 50
    assert sum(holds(seed, tmp_path, dressed) for seed in range(150)) >= 50


def series_of(seed):
    """Return a series with an index of some kind, broken somewhere, and its dates where they are clear."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 40))
    days = pd.DatetimeIndex(pd.bdate_range("2001-01-01", periods=400)[np.sort(rng.permutation(400)[:n])])
    labels = list(days)
    broken = int(rng.integers(6))
    k = int(rng.integers(n))
    if broken == 1:
        labels[k] = pd.NaT
    elif broken == 2:
        labels[k] = labels[k - 1]
    elif broken == 3:
        labels.reverse()
    elif broken == 4:
        labels[k], labels[k - 1] = labels[k - 1], labels[k]
    kind = int(rng.integers(6))
    dated = [label for label in labels if label is not pd.NaT]
    if kind == 0:
        index = pd.DatetimeIndex(labels)
    elif kind == 1:
        index = pd.DatetimeIndex(labels).tz_localize("Asia/Tokyo")
    elif kind == 2:
        index = pd.Index([None if label is pd.NaT else label.date() for label in labels], dtype=object)
    elif kind == 3:
        index = pd.Index(["" if label is pd.NaT else f"{label:%Y-%m-%d}" for label in labels])
    elif kind == 4:
        index = pd.PeriodIndex(labels, freq="D")
    else:
        index = pd.Index([10 if label is pd.NaT else int(f"{label:%Y%m%d}") for label in labels])
    sound = len(dated) == n and all(a < b for a, b in pairwise(labels))
    return pd.Series(np.arange(1.0, n + 1), index=index), pd.DatetimeIndex(labels) if sound else None


def index_holds(seed):
    prices, expected = series_of(seed)
    try:
        checked = check(prices)
    except ValueError:
        assert expected is None, f"seed {seed}"
        return
    if expected is None:  # a column of numbers that are no days any more counts positions
        assert checked.dates is None and prices.index.dtype.kind == "i", f"seed {seed}"
        return
    assert list(checked.dates.tz_localize(None)) == list(expected), f"seed {seed}"


@QUICK
@given(SEEDS)
def test_a_broken_index_is_understood_or_refused(seed):
    index_holds(seed)


@pytest.mark.slow
@settings(LONG, max_examples=12_000)
@given(SEEDS)
def test_many_broken_indexes_are_understood_or_refused(seed):
    index_holds(seed)


def frame_holds(seed):
    """Take the closes of the table of a seed, and compare with what the table was made of."""
    held = frame_of(seed, polars)
    try:
        checked = check(held.frame, scale="price")
    except ValueError:
        assert held.refused, f"seed {seed}: {held.story}"
        return False
    assert not held.refused, f"seed {seed}: {held.story}"
    assert checked.y.tolist() == held.closes, f"seed {seed}: {held.story}"
    dates = None if checked.dates is None else [moment.date() for moment in checked.dates]
    assert dates == held.dates, f"seed {seed}: {held.story}"
    return True


@settings(QUICK, max_examples=80)
@given(SEEDS)
@example(20)
@example(32)
@example(41)
@example(58)
@example(98)
@example(113)
@example(141)
@example(958)
def test_a_broken_table_in_memory_is_understood_or_refused(seed):
    frame_holds(seed)


def test_sound_tables_in_memory_are_mostly_read():
    assert sum(frame_holds(seed) for seed in range(100)) >= 30


@pytest.mark.slow
@settings(LONG, max_examples=12_000)
@given(SEEDS)
def test_many_broken_tables_in_memory_are_understood_or_refused(seed):
    frame_holds(seed)


def column(rows, place):
    return rows.column(place) if isinstance(rows, Flat) else [row[place] for row in rows]


def divided_alike(seed):
    """Divide the text of a seed in the quick way, and compare with the way that knows quotes."""
    file = written(seed)
    text = file.text if seed % 3 else file.text.replace("\n", "\r\n")
    ways = (_divided, _a_line_each)
    quick = next((rows for way in ways if (rows := way(text, file.delimiter)) is not None), None)
    if quick is None:
        return False
    careful = _parsed(text, file.delimiter)
    assert [list(row) for row in quick.cells] == careful.cells, f"seed {seed}"
    assert (list(quick.lines), quick.broken) == (careful.lines, careful.broken), f"seed {seed}"
    width = len(careful.cells[0])
    for place in range(width if isinstance(quick.cells, Flat) else 0):
        assert column(quick.cells[1:], place) == column(careful.cells[1:], place), f"seed {seed}"
    return True


def test_the_quick_way_to_divide_a_text_is_the_careful_one():
    assert sum(divided_alike(seed) for seed in range(300)) >= 100


@pytest.mark.parametrize(
    "text", ["a,b\n\n1,2", "a,b\n,\n1,2", "a\r1", 'a,b\n"1,2"', "a,b\n1", "a,b,\n1,2", ""]
)
def test_what_needs_more_than_dividing_is_left_to_the_careful_way(text):
    assert _divided(text, ",") is None
