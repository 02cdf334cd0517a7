"""docs/commands.md: every command and option is there, and its examples were run."""

import re
import shlex

import pytest

from lppl import datasets
from scanners.report import risk_picture
from scripts import command_pages

TEXT = command_pages.PAGE.read_text("utf-8")
SECTIONS = dict(re.findall(r"^## `(lppl [a-z -]+)`\n(.*?)(?=^## |\Z)", TEXT, flags=re.MULTILINE | re.DOTALL))
EXAMPLE = re.compile(r"^\$ (lppl .*)$", flags=re.MULTILINE)
NEEDS = re.compile(r"# needs ")
EXIT = re.compile(r"# exits (\d+)")


def test_every_command_has_a_section_and_none_is_left_over():
    assert command_pages.missing(TEXT) == []
    assert list(SECTIONS) == [match[1] for match in command_pages.MARKED.finditer(TEXT)]


def test_the_options_are_those_of_the_commands():
    assert command_pages.renewed(TEXT) == TEXT, "run python scripts/command_pages.py"


def test_every_option_says_what_it_means():
    for name, command in command_pages.commands():
        for option in command.params:
            if option.param_type_name == "option" and not option.hidden:
                assert option.help, (name, option.name)


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_says_what_the_command_does_and_shows_it(name):
    words = re.sub(command_pages.MARKED, "", SECTIONS[name])
    prose = words.partition("```")[0]
    assert len(prose.split()) >= 8 and "." in prose
    assert any(f"{example} ".startswith(f"{name} ") for example in EXAMPLE.findall(words))


@pytest.mark.ci
def test_the_examples_run_and_print_what_stands_there(tmp_path, monkeypatch, lppl):
    monkeypatch.setenv("LPPL_SCAN__PAGES", "none")  # tested elsewhere, and dear
    monkeypatch.setattr(risk_picture, "STEP", 100)  # as many dates as show that there is a picture
    monkeypatch.setenv("LPPL_SCAN__TRUST", "none")
    monkeypatch.setenv("LPPL_POLICY__NULL_PATHS", "0")

    lppl("init")
    (tmp_path / "scanner.toml").write_text(re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)[1])
    (tmp_path / "my-prices").mkdir()
    for name in ("nasdaq", "gold"):
        prices = datasets.load(name).rename("close")["1990":"2001"]
        prices.to_csv(tmp_path / "my-prices" / f"{name}.csv", date_format="%Y-%m-%d")
    ran = 0
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, shown = part.partition("\n")
            if NEEDS.search(line):
                continue
            code, out, err = lppl(*shlex.split(line, comments=True)[1:])
            expected = EXIT.search(line)
            assert code == (int(expected[1]) if expected else 0), (line, err)
            if shown.strip():
                assert out.split() == shown.split(), line
            ran += 1
    assert ran >= len(SECTIONS) - 2
    for made in (
        "today.csv",
        "windows.csv",
        "fit.png",
        "history.png",
        "warn.png",
        "sessions.csv",
        "nasdaq.png",
    ):
        assert (tmp_path / made).stat().st_size > 500, made
    assert list((tmp_path / "mails").glob("*.eml"))
