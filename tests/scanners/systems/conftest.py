import pytest


@pytest.fixture(scope="session")
def folders(shared_macro):
    found = shared_macro.parent / "systems"
    if not found.is_dir():
        pytest.skip("the tables of the systems are not here")
    return found / "macro", found / "prices"
