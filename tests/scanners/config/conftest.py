"""Configuration is read in an empty folder, with nothing in the environment that a user has not."""

import pytest


@pytest.fixture
def empty_folder(plain_environment, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path
