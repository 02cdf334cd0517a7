"""The counting behind docs/false_alarms.md."""

import numpy as np
import pandas as pd
import pytest

import lppl
from scripts.false_alarms import cell, confidences, study, table

DAILY = lppl.PRESETS["daily"]
SMALL = lppl.Preset("small", (150, 100), DAILY.space, DAILY.filters)
LONGER = lppl.Preset("longer", (200, 150), DAILY.space, {"wide": DAILY.filters["wide"]})


def test_a_cell_counts_values_that_reach_the_threshold():
    assert cell(np.array([0.1, 0.3 - 1e-15, 0.3, 0.2]), 0.3).startswith("50.0 [")


def test_presets_that_share_fits_see_their_own_windows():
    path = pd.Series(
        lppl.null_paths(100.0 + np.arange(260.0), "block", 1, seed=3)[0],
        index=pd.bdate_range("2001-01-01", periods=260),
    )
    both = confidences(path, [SMALL, LONGER])
    for preset in (SMALL, LONGER):
        alone = lppl.fit_windows(path, lengths=preset.lengths, space=preset.space)
        for name, filter in preset.filters.items():
            share = lppl.confidence(alone, filter)
            assert both[preset.name, name] == (share.positive, share.negative)
    means = np.mean([both["small", name] for name in SMALL.filters], axis=0)
    assert both["small", "mean"] == pytest.approx(tuple(means))


def test_study_is_seeded_and_tabulated():
    rows = study("random_walk", 4, 0, [SMALL])
    pd.testing.assert_frame_equal(rows, study("random_walk", 4, 0, [SMALL]))
    assert len(rows) == 4 * 2 * (len(SMALL.filters) + 1)
    assert table(rows).count("\n") == 1 + 2 * (len(SMALL.filters) + 1)
