"""Scans from the command line draw no null paths, unless a test asks for them: each takes 0.1 s."""

import pytest


@pytest.fixture(autouse=True)
def _no_null_paths(monkeypatch):
    monkeypatch.setenv("LPPL_POLICY__NULL_PATHS", "0")
