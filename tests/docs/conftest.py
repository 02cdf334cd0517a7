"""Commands share the evidence of a series and date: what is tested here is what they do with it."""

import pytest
from remembered import remember


@pytest.fixture(autouse=True)
def _evidence_once(monkeypatch):
    remember(monkeypatch)
