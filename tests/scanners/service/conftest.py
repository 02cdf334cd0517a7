"""Where runs die: processes that are born ready, a mail server that outlives them, a folder in memory."""

import tempfile
from pathlib import Path

import pytest
from mail_server import Postbox, serve
from nursery import Nursery


@pytest.fixture(scope="module")
def nursery():
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def postbox():
    return Postbox()


@pytest.fixture(scope="module")
def port(postbox):
    with serve(postbox) as port:
        yield port


@pytest.fixture(scope="module")
def place():
    """A folder in memory where there is one: it is processes that die here, not machines."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
