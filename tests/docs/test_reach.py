"""What docs/skill.md says of terms that were tried rests on walks that know only the past."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", autouse=True)
def scripts(request):
    folder = str(ROOT / "scripts")
    sys.path.insert(0, folder)
    request.addfinalizer(lambda: sys.path.remove(folder))


def looks(n=12_000, seed=0):
    """Return dated looks with a term that doubles the odds of a fall, one of noise, and what followed."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("1930-01-01", "2019-06-30", periods=n)
    frame = pd.DataFrame({"series": "a", "date": dates, "known_60": dates + pd.Timedelta(days=87)})
    terms, chance = rng.standard_normal((n, 2)), rng.uniform(0.1, 0.3, n)
    z = np.log(chance / (1 - chance)) + 0.35 * terms[:, 0]
    return frame, (rng.random(n) < 1 / (1 + np.exp(-z))).astype(float), chance, terms


def test_a_block_knows_nothing_of_what_followed_in_it_or_later():
    from reach_baseline import walked_alone
    from reach_walk import Cell, recalibrated, walked

    frame, followed, chance, terms = looks()
    other = np.where(frame["date"] >= "1990-01-01", 1.0 - followed, followed)
    early, weight = (frame["date"] < "1990-01-01").to_numpy(), np.ones(len(frame))
    first, second = (Cell(frame, one, 60) for one in (followed, other))
    for stated in (
        lambda cell: walked(cell, chance, terms, weight),
        lambda cell: recalibrated(cell, chance),
        lambda cell: np.nan_to_num(walked_alone(cell, terms)),
    ):
        np.testing.assert_array_equal(stated(first)[early], stated(second)[early])
        assert not np.array_equal(stated(first), stated(second))


def test_a_term_that_tells_gains_on_both_halves_and_noise_on_none():
    from reach_walk import Cell, walked

    from scanners.risk.scores import brier

    frame, followed, chance, terms = looks()
    cell, gains = Cell(frame, followed, 60), []
    for column in (0, 1):
        told = walked(cell, chance, terms[:, [column]], np.ones(len(frame)))
        gains.append([cell.gain(brier, told, chance, cell.half(which)) for which in (0, 1)])
    assert all(one.low > 0 for one in gains[0])
    assert all(one.low < 0 for one in gains[1])
    assert not (cell.half(0) & cell.half(1)).any()


def test_looks_without_a_term_tell_nothing_of_its_coefficient():
    from reach_walk import Cell, walked

    frame, followed, chance, terms = looks()
    shape = np.maximum(terms[:, [0]] - 1.0, 0.0)
    without = shape[:, 0] == 0.0
    first, second = (Cell(frame, one, 60) for one in (followed, np.where(without, 1.0 - followed, followed)))
    told = [walked(cell, chance, shape, np.ones(len(frame)), (0.5, 10.0)) for cell in (first, second)]
    np.testing.assert_array_equal(*told)
    np.testing.assert_allclose(told[0][without], chance[without], rtol=1e-12)
    assert (told[0] > chance)[~without & (frame["date"] >= "1990-01-01")].all()


@pytest.mark.ci
def test_trees_know_nothing_of_what_followed_in_a_block_or_later():
    pytest.importorskip("sklearn")
    from reach_trees import SETTINGS, boosted
    from reach_walk import Cell

    frame, followed, chance, terms = looks()
    other = np.where(frame["date"] >= "1990-01-01", 1.0 - followed, followed)
    given = (terms, chance, np.ones(len(frame)), SETTINGS | {"max_iter": 3})
    first, second = (boosted(Cell(frame, one, 60), *given) for one in (followed, other))
    early = (frame["date"] < "1990-01-01").to_numpy()
    np.testing.assert_array_equal(first[early], second[early])
    assert not np.array_equal(first, second)
    assert not np.array_equal(first[early], chance[early])
