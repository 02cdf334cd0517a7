"""What stands beside the code: citation, changes, installation, site, hooks, public CI."""

import configparser
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", "utf-8")
VERSION = SETUP["metadata"]["version"]
PYTHONS = re.findall(r"Python :: (3\.\d+)$", SETUP["metadata"]["classifiers"], flags=re.MULTILINE)
PAGES = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "data/README.md")
]
PAGES += sorted((ROOT / "docs").glob("*.md"))


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


@pytest.fixture
def site(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return import_module("site_pages")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_installs_from_an_index_that_has_no_release(path):
    for part in re.split(r"\n\s*\n", path.read_text("utf-8")):
        if re.search(r"pip install[^\n`]*\blppl-scanner(?!\[)\b", part):
            assert "no release yet" in part, part


def test_citation_and_changes_are_of_this_version():
    said = read_yaml("CITATION.cff")
    assert said["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "license"} <= set(said)
    assert (said["version"], said["license"]) == (VERSION, SETUP["metadata"]["license"])
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (.+)$", changes, flags=re.MULTILINE)
    assert versions[0] == "Unreleased"
    assert f"{VERSION} - {said['date-released']}" in versions
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}", head) for head in versions[1:])


def test_public_ci_runs_every_python_that_is_promised_on_three_systems():
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    matrix = jobs["suite"]["strategy"]["matrix"]
    assert matrix["python"] == PYTHONS
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert any(step.get("run") == "bash .ci/run" for step in jobs["whole"]["steps"])


def test_ci_leaves_out_slow_tests_only():
    assert "not slow and not ci" in SETUP["tool:pytest"]["addopts"]
    coverage = (ROOT / "Makefile").read_text("utf-8").partition("\ncoverage:")[2].partition("\n\n")[0]
    tested = [step.get("run", "") for step in read_yaml(".github/workflows/ci.yml")["jobs"]["suite"]["steps"]]
    assert 'pytest -m "not slow" ' in coverage
    assert any('pytest -m "not slow" ' in line for line in tested)
    assert re.search(r"^make coverage\b", (ROOT / ".ci" / "run").read_text("utf-8"), flags=re.MULTILINE)


def test_hooks_call_tools_of_the_environment_and_fetch_nothing():
    (repo,) = read_yaml(".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    assert {hook["language"] for hook in repo["hooks"]} == {"system"}


def leaves(nav):
    for item in nav:
        for target in item.values():
            yield from leaves(target) if isinstance(target, list) else [target]


def test_every_page_is_in_the_site(site):
    nav = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    assert sorted(leaves(nav)) == sorted(site.place(path).as_posix() for path in site.sources())


def test_links_on_the_site_lead_to_its_pages(site):
    pages = {site.place(path).as_posix(): site.staged(path) for path in site.sources()}
    assert "](price_files.md)" in pages["prices.md"]
    assert "](architecture.md)" in pages["contributing.md"]
    assert "[licence](" not in pages["contributing.md"]
    for name, text in pages.items():
        assert "](../" not in re.sub(site.CODE, "", text), name


def test_drawings_of_the_site_are_of_the_drawings_in_the_pages(site):
    for path in site.sources():
        assert "```mermaid" not in site.staged(path), path.name
    architecture = ROOT / "docs" / "architecture.md"
    with pytest.raises(ValueError, match="run make drawing"):
        site.picture_of(architecture, "flowchart TB\n")


def test_a_page_that_asks_another_host_is_noticed(site):
    assert site.loaded_from_elsewhere('<script src="https://cdn.example/x.js">') == [
        "https://cdn.example/x.js"
    ]
    assert site.loaded_from_elsewhere("<img src=//cdn.example/x.png>") == ["//cdn.example/x.png"]
    assert site.loaded_from_elsewhere('<a href="https://example.org">x</a><img src="images/x.svg">') == []


def test_a_wheel_has_every_file_that_stands_among_the_modules_and_licences_of_others():
    globs = SETUP["options.package_data"]
    for package in ("lppl", "earlywarning", "scanners"):
        own = {ROOT / package / name for name in ("py.typed",)}
        packed = own | {
            path
            for key, patterns in globs.items()
            if key.split(".")[0] == package
            for pattern in patterns.split()
            for path in (ROOT / key.replace(".", "/")).glob(pattern)
        }
        beside = {path for path in (ROOT / package).rglob("*") if path.is_file() and path.suffix != ".py"}
        assert {path for path in beside if "__pycache__" not in path.parts} <= packed
    found = {
        path for package in ("lppl", "earlywarning", "scanners") for path in (ROOT / package).rglob("LICENSE")
    }
    licences = {path.relative_to(ROOT).as_posix() for path in found}
    assert licences and set(SETUP["metadata"]["license_files"].split()) == {"LICENSE", *licences}
