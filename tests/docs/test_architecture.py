"""docs/architecture.md and CONTRIBUTING.md name the rooms that there are, and no file that is not."""

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAP = (ROOT / "docs" / "architecture.md").read_text("utf-8")
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PACKAGES = ("scanners", "lppl", "earlywarning")
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "data" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
# Not data/ and outputs/: what is named there is a user's own.
TOP = (*PACKAGES, "tests", "scripts", "benchmarks", "docs", ".ci", ".github")


def rooms(package):
    return {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}


def section(title):
    return MAP.partition(f"## Rooms of `{title}/`")[2].partition("\n## ")[0]


def paths(text):
    """Yield what a document writes as a file or folder of the repository."""
    for words in re.findall(r"`([^`\n]+)`", text):
        for word in words.split():
            top, slash, _ = word.partition("/")
            if slash and top in TOP and "NAME" not in word:
                yield word.rstrip(",;:")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_has_a_line_and_no_line_is_left_over(package):
    lines = re.findall(r"^\| `(\w+)/` \| (.+) \| `(.+)` \|$", section(package), flags=re.MULTILINE)
    assert sorted(name for name, _, _ in lines) == sorted(rooms(package))
    for name, purpose, begin in lines:
        assert len(purpose) > 10
        assert begin.startswith(f"{package}/{name}/")


def test_the_drawing_has_the_rooms_of_the_application():
    drawing = re.search(r"```mermaid\n(.*?)```", MAP, re.DOTALL)[1]
    inside = drawing.partition("subgraph app")[2].partition("    end\n")[0]
    assert set(re.findall(r"^ {8}(\w+)[\[(]", inside, flags=re.MULTILINE)) == rooms("scanners")


def test_rooms_stand_in_the_order_of_the_import_contracts():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", "utf-8")
    contracts = [setup[name] for name in setup.sections() if setup[name].get("type") == "layers"]
    assert {contract["containers"].strip() for contract in contracts} == set(PACKAGES)
    for contract in contracts:
        floors = [re.findall(r"\w+", line) for line in contract["layers"].strip().splitlines()]
        floor_of = {name: floor for floor, names in enumerate(floors) for name in names}
        told = re.findall(r"^\| `(\w+)/`", section(contract["containers"].strip()), flags=re.MULTILINE)
        assert [floor_of[name] for name in told] == sorted(floor_of[name] for name in told)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(path):
    missing = [name for name in paths(path.read_text("utf-8")) if not (ROOT / name).exists()]
    assert not missing


def test_the_map_names_files_of_every_room():
    assert len(list(paths(MAP))) > 50
    assert len(list(paths(GUIDE))) > 30


def test_the_wording_of_an_alert_is_every_file_of_words():
    (row,) = re.findall(r"^\| the wording of an alert \|.*", MAP, flags=re.MULTILINE)
    words = {f"scanners/verdict/{path.name}" for path in (ROOT / "scanners/verdict").glob("*_words.py")}
    assert len(words) > 3 and words <= set(paths(row))


def test_each_kind_of_thing_has_its_room_entry_and_test():
    kinds = re.findall(r"^### (.+)\n((?:(?!^##).*\n)+)", GUIDE, flags=re.MULTILINE)
    assert len(kinds) == 7
    for kind, words in kinds:
        for part in ("**Room**", "**Entry**", "**Test**"):
            assert part in words, (kind, part)
        assert "tests/" in words.partition("**Test**")[2], kind


def test_make_targets_that_are_named_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    for path in DOCUMENTS:
        said = re.findall(r"^ {4}make ([a-z-]+)|`make ([a-z-]+)`", path.read_text("utf-8"), re.MULTILINE)
        assert {one or other for one, other in said} <= targets, path.name
