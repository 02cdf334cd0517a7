"""Scans from the command line draw no null paths, pages or refits, unless a test asks for them."""

import pytest
import webdriver

CHEAP = {"LPPL_POLICY__NULL_PATHS": "0", "LPPL_SCAN__PAGES": "none", "LPPL_SCAN__TRUST": "none"}


@pytest.fixture(autouse=True)
def _cheap_scans(monkeypatch):
    for name, value in CHEAP.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def _chromium(tmp_path_factory):
    with webdriver.chromium(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def browser(_chromium):
    """A tab of its own for each file, of the one browser of a process."""
    _chromium.renew()
    return _chromium


@pytest.fixture
def plain_environment(_cheap_scans, monkeypatch):
    """Undo it: the configuration is what a user's is."""
    for name in CHEAP:
        monkeypatch.delenv(name)
