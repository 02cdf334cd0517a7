"""Rows of a panel pass: nested grids of looks, the counts of a scan, nothing read ahead, files that go on."""

import gzip

import numpy as np
import pandas as pd
import pytest

import lppl
from scanners.evidence.series_fits import consensus_of, fit_sessions
from scanners.past.panel import pass_files as panel_files
from scanners.past.panel.pass_files import complete, path_of, read
from scanners.past.panel.pass_rows import BANDS, FIRST, bubble_rows, looks


@pytest.fixture(scope="module")
def closes():
    return lppl.datasets.load("nasdaq").iloc[500:1600]


def test_coarser_looks_are_among_finer_ones():
    fine, month, quarter = looks(5000, 5), looks(5000, 21), looks(5000, 63)
    assert set(quarter) <= set(month) <= set(fine)
    assert fine[0] == FIRST
    assert set(np.diff(fine)) == {5, 6}
    assert looks(FIRST, 21).size == 0
    for step in (0, 30):
        with pytest.raises(ValueError, match="step must"):
            looks(5000, step)


def test_rows_hold_what_a_scan_says(closes):
    at = [700, 1050]
    rows = bubble_rows(closes, at)
    shown = fit_sessions(closes, "daily", at)
    for row, place in zip(rows.to_dict("records"), at, strict=True):
        fits = shown[place]
        assert row["attempted"] == len(fits.windows)
        assert (row["C"], row["C_down"]) == pytest.approx(tuple(consensus_of(fits.windows)))
        if row["C"] > 0:
            assert row["C3"] == pytest.approx(fits.consensus[:, 0].mean())
        for name, passed in fits.passed.items():
            counted = sum(row[f"up_{name}_{band}"] for band in BANDS)
            assert counted == (passed & (fits.windows.B < 0)).sum()
    assert (rows["C"] > 0).any()


def test_nothing_after_a_look_is_read(closes):
    later = closes.copy()
    later.iloc[1051:] *= 0.5
    pd.testing.assert_frame_equal(bubble_rows(closes.iloc[:1051], [1050]), bubble_rows(later, [1050]))


def test_a_second_pass_computes_what_is_missing_and_a_revision_all(closes, tmp_path, monkeypatch):
    asked = []

    def counted(prices, at):
        asked.extend(at)
        return pd.DataFrame({"position": at, "C": [0.5] * len(at)})

    monkeypatch.setitem(panel_files.KINDS, "bubble", counted)
    monkeypatch.setattr(panel_files, "engine", lambda kind: "one")
    month, fine = looks(len(closes), 21), looks(len(closes), 5)
    assert complete(tmp_path, "x", closes, month, "bubble")[0] == len(month)
    assert complete(tmp_path, "x", closes, fine, "bubble")[0] == len(fine) - len(month)
    assert sorted(asked) == fine.tolist()
    _, rows = read(path_of(tmp_path, "x", "bubble"))
    assert rows["position"].tolist() == fine.tolist()
    assert rows["date"].iloc[0] == f"{closes.index[FIRST]:%Y-%m-%d}"
    assert complete(tmp_path, "x", closes * 2, month, "bubble")[0] == len(month)
    monkeypatch.setattr(panel_files, "engine", lambda kind: "other")
    assert complete(tmp_path, "x", closes * 2, month, "bubble")[0] == len(month)


def test_a_file_says_what_it_was_made_of(closes, tmp_path, monkeypatch):
    monkeypatch.setattr(panel_files, "engine", lambda kind: "one")
    monkeypatch.setitem(panel_files.KINDS, "bubble", lambda prices, at: pd.DataFrame({"position": at}))
    complete(tmp_path, "x", closes, looks(len(closes), 63), "bubble")
    text = gzip.decompress(path_of(tmp_path, "x", "bubble").read_bytes()).decode()
    assert text.startswith('#{"prices": "')
    assert read(tmp_path / "absent")[0] == {}
