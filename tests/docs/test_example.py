"""The example notebook runs, and what it shows is what the libraries say today."""

import copy
import subprocess
import sys

import nbformat
import pytest

from scripts import example_notebook


@pytest.mark.ci
def test_the_notebook_runs_and_shows_what_it_showed():
    done = subprocess.run(
        [sys.executable, example_notebook.__file__, "--check"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert example_notebook.PAGE.stat().st_size < 600_000


def test_another_number_word_or_lost_picture_would_be_noticed():
    stored = nbformat.read(example_notebook.PAGE, as_version=4)
    assert example_notebook.differences(stored, copy.deepcopy(stored)) == []
    outputs = [output for cell in stored.cells for output in cell.get("outputs", ())]
    assert sum("image/png" in output.data for output in outputs) == 5
    for old, new in (("0.4869", "0.4969"), ("positive bubble", "negative bubble")):
        other = nbformat.from_dict(copy.deepcopy(stored))
        changed = next(
            o for c in other.cells for o in c.get("outputs", ()) if old in o.data.get("text/html", "")
        )
        changed.data["text/html"] = changed.data["text/html"].replace(old, new)
        assert len(example_notebook.differences(stored, other)) == 1
    other = copy.deepcopy(stored)
    next(cell for cell in other.cells if "plot" in cell.source and cell.get("outputs")).outputs = []
    assert len(example_notebook.differences(stored, other)) == 1
