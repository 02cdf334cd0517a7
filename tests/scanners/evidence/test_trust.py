"""Trust of a series: windows that can no longer move a median are not refitted, and nothing else changes."""

from types import SimpleNamespace

import numpy as np
import pytest

import lppl
from scanners.evidence import trust as _trust

WINDOWS = 26
PRESET = lppl.PRESETS["daily"]
END_FLAG = list(PRESET.filters).index("end_flag")


def fits(rng, fitted):
    """Return what trust reads of fits: some windows that qualify, some without a fit."""
    success = np.arange(WINDOWS) < fitted
    length = rng.permutation(np.arange(125, 125 + 25 * WINDOWS, 25))
    windows = SimpleNamespace(
        success=success, length=length, direction=np.where(rng.random(WINDOWS) < 0.8, 1, -1)
    )
    windows = type("Windows", (SimpleNamespace,), {"__len__": lambda self: WINDOWS})(**vars(windows))
    return SimpleNamespace(windows=windows, preset=PRESET, qualified=success & (rng.random(WINDOWS) < 0.2))


@pytest.mark.parametrize("zero", (0.0, 0.4, 0.5, 0.6, 1.0))
@pytest.mark.parametrize("fitted", (26, 25, 1))
def test_numbers_are_those_of_all_windows(monkeypatch, zero, fitted):
    rng = np.random.default_rng([int(10 * zero), fitted])
    asked = fits(rng, fitted)
    shares = rng.random((WINDOWS, len(PRESET.filters), 2)) * (rng.random((WINDOWS, 1, 2)) >= zero)
    shares[~asked.windows.success] = np.nan
    refitted = []

    def refits(windows, row, filters, resamples, seed):
        refitted.append(row)
        return shares[row]

    monkeypatch.setattr(_trust, "refit_shares", refits)
    found = _trust.trust(asked, "watch")
    assert (found.positive, found.negative) == tuple(np.nanmedian(shares[:, END_FLAG], axis=0))
    if asked.qualified.any():
        side = 0 if asked.windows.direction[asked.qualified].sum() > 0 else 1
        assert found.qualified == np.median(shares[asked.qualified][:, :, side].mean(axis=1))
    assert len(refitted) == len(set(refitted)) <= WINDOWS
    if zero == 1.0 and fitted == WINDOWS:
        assert len(refitted) == max(WINDOWS // 2 + 1, int(asked.qualified.sum()))
