"""docs/configuration.md names every setting with its default, and its example is valid."""

import re
import textwrap
from pathlib import Path

import pytest

from scanners.config.layers import load
from scanners.config.presets import FilterSettings, PresetSettings, SpaceSettings
from scanners.config.settings import Route

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "configuration.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `([a-z_0-9.]+)` \| (.+?) \|", TEXT, flags=re.MULTILINE))
SHOWN_OTHERWISE = ("policy.by_asset_class", "preset", "route")


def settings():
    """Return key and default, as TOML spells a list."""
    found = [item[:2] for item in load(environment={}).listed() if item[0] not in SHOWN_OTHERWISE]
    return [(key, list(value) if isinstance(value, tuple) else value) for key, value in found]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_every_setting_stands_there_with_its_default():
    for key, value in settings():
        if value is None:
            assert ROWS[key] == "not set"
        elif isinstance(value, bool):
            assert ROWS[key] == f"`{str(value).lower()}`"
        elif isinstance(value, str):
            assert ROWS[key] == f'`"{value}"`'
        else:
            assert ROWS[key] == f"`{value}`"


def test_nothing_stands_there_that_does_not_exist():
    known = {key for key, _ in settings()}
    documented = {key for key in ROWS if "." in key and not key.startswith(("route.", "space."))}
    assert documented <= known | {"policy.by_asset_class"}


def test_routes_and_presets_are_there_with_every_key():
    assert {key for key in ROWS if key.startswith("route.")} == {
        f"route.{key}" for key in Route.__struct_fields__
    }
    preset = TEXT.partition("## `[preset.NAME]`")[2].partition("\n## ")[0]
    for kind in (PresetSettings, SpaceSettings, FilterSettings):
        for key in kind.__struct_fields__:
            assert re.search(rf"`(space\.|filters\.NAME\.|\.)?{key}[`.]", preset), key


def test_the_example_is_valid(tmp_path):
    (example,) = re.findall(r"\n\n((?:    .*\n|\n)+)", TEXT.partition("## ")[0])
    (tmp_path / "scanner.toml").write_text(textwrap.dedent(example), "utf-8")
    found = load(environment={}).settings
    assert found.route[0].recipients == ("me@example.org",)
    assert found.policy.for_class("crypto").critical == 0.5
