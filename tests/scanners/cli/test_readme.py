"""The README is true: its table is what the demo prints, its code runs."""

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[3] / "README.md"


def _squeezed(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


@pytest.mark.ci
def test_the_table_is_what_the_demo_prints(monkeypatch, lppl):
    block = re.search(r"<!-- output of: lppl (.+?) -->\n```\n(.*?)\n```", README.read_text(), re.DOTALL)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LPPL_POLICY__NULL_PATHS", "7")  # of 99: the table shows nothing of them
    monkeypatch.setenv("LPPL_SCAN__PAGES", "all")  # a trail is told where pages are made; no picture is
    monkeypatch.setattr("scanners.report.series.series_files", lambda *_: {})
    code, out, err = lppl(*block[1].split())
    assert code == 0
    assert _squeezed(block[2]) == _squeezed(out + err)


def test_the_library_example_runs():
    code = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[1]
    names: dict = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["fit"].success and names["fit"].direction == 1
    assert len(names["windows"]) == 126


def test_every_linked_file_exists():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text()):
        assert (README.parent / target).exists(), target
