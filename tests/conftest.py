"""Shared fixtures: where the optional reference material lies, and how tests skip without it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def _folder(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"optional reference material {folder} is not here")
    return folder


@pytest.fixture(scope="session")
def shared_prices() -> Path:
    return _folder("prices")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    return _folder("reference")


@pytest.fixture(scope="session")
def shared_macro() -> Path:
    return _folder("macro")
