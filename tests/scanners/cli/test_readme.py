"""The README is true: its table is what the demo prints, its code runs."""

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[3] / "README.md"


def _squeezed(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _demo(monkeypatch, lppl):
    """Return what README says that the demo prints, and what it prints."""
    block = re.search(
        r"<!-- output of: lppl (.+?) -->\n```\n(.*?)\n```", README.read_text("utf-8"), re.DOTALL
    )
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LPPL_POLICY__NULL_PATHS", "7")  # of 99: the table shows nothing of them
    code, out, err = lppl(*block[1].split())
    assert code == 0
    return _squeezed(block[2]), _squeezed(out + err)


def test_the_table_is_what_the_demo_prints(monkeypatch, lppl):
    past = re.compile(r" \d+ d\b| [\u2581-\u2588]+| for \d+ sessions, up|\s")  # a year costs some seconds

    def without(lines):
        return past.sub("", " ".join(lines).replace("Critical, up", "Critical"))

    said, printed = _demo(monkeypatch, lppl)
    assert without(said) == without(printed)


@pytest.mark.slow
def test_the_year_of_the_table_is_what_the_demo_prints(monkeypatch, lppl):
    monkeypatch.setenv("LPPL_SCAN__PAGES", "all")
    said, printed = _demo(monkeypatch, lppl)
    assert said == printed


def test_the_library_example_runs():
    code = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[1]
    names: dict = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["fit"].success and names["fit"].direction == 1
    assert len(names["windows"]) == 126


def test_every_linked_file_exists():
    for target in re.findall(r"\]\(([^)#]+)\)", README.read_text()):
        assert target.startswith("https://") or (README.parent / target).exists(), target
