"""Systems as TOML: the built-in ones hold together, one's own is read, and every mistake is named."""

import pytest

from scanners.core.errors import CommandError
from scanners.systems import schema
from scanners.systems.registry import KINDS
from scanners.systems.sources import builtin

OWN = """
title = "Mine"
about = "A fourth system."
lead = "link"

[[source]]
name = "my_rate"
title = "A rate of my own, %"
frequency = "monthly"
lag = 10
symbols = { csv = "rate" }

[[series]]
name = "gap"
title = "My rate less the 10-year yield"
recipe = [{ of = ["my_rate", "us10y_yield"], how = "difference" }]

[[monitor]]
name = "link"
title = "A link"
kind = "relation"
inputs = { y = "usdjpy", x = "gap" }
options = { every = "month", window = 48 }
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "systems").mkdir()

    def write(text=OWN, name="mine"):
        (tmp_path / "systems" / f"{name}.toml").write_text(text, "utf-8")
        return name

    return write


@pytest.mark.parametrize("name", schema.BUILTIN)
def test_built_in_systems_hold_together(name):
    system = schema.load(name)
    assert system.name == name
    assert system.lead in [monitor.name for monitor in system.monitor]
    assert set(system.needed()) <= set(builtin())
    assert all(monitor.read for monitor in system.monitor)
    assert all(bool(monitor.claim) == bool(monitor.claimed) for monitor in system.monitor)


def test_every_kind_has_a_function_and_is_used():
    used = {monitor.kind for name in schema.BUILTIN for monitor in schema.load(name).monitor}
    assert used | {"pair"} == set(KINDS)  # for one's own systems
    assert all(callable(kind.function()) for kind in KINDS.values())


def test_ones_own_system_is_found_and_comes_before_a_built_in_one(own):
    system = schema.load(own())
    assert system.needed() == ["my_rate", "us10y_yield", "usdjpy"]
    assert system.sources()["my_rate"].frequency == "monthly"
    assert schema.names() == [*schema.BUILTIN, "mine"]
    own(OWN, "us")
    assert schema.load("us").title == "Mine"
    assert schema.load("systems/mine.toml").name == "mine"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("lead =", "leed =", "unknown key leed: did you mean lead?"),
        ('lead = "link"', 'lead = "lonk"', "did you mean link?"),
        ('kind = "relation"', 'kind = "realtion"', "did you mean relation?"),
        ("window = 48", "windows = 48", "unknown key windows: did you mean window?"),
        ("window = 48", "window = 3", ">= 20"),
        ("window = 48", 'start = "2019-02-30"', "start must be a day of the calendar, got '2019-02-30'"),
        ('"usdjpy"', '"usdjpi"', "did you mean usdjpy?"),
        ('"us10y_yield"]', '"us10_yield"]', "did you mean us10y_yield?"),
        ("inputs = { y =", "inputs = { z =", "unknown input z"),
        (', x = "gap" }', " }", "input x must be given"),
        ("lag = 10", "lag = -1", ">= 0"),
        ('"us10y_yield"], how', '"us10y_yield", "vix"], how', "of must name 2 series"),
        ("[[monitor]]", "[[monitors]]", "did you mean monitor?"),
        ('title = "Mine"', "title = ", "invalid"),
    ],
)
def test_every_mistake_is_named(own, old, new, told):
    name = own(OWN.replace(old, new, 1))
    with pytest.raises(CommandError, match=r"(?i)" + told.replace("?", r"\?")):
        schema.load(name)


@pytest.mark.parametrize("kind", ["gap", "support", "liquidity"])
def test_draws_are_refused_where_a_kind_draws_nothing(own, kind):
    inputs = {"gap": '{ y = "usdjpy" }', "support": '{ x = "usdjpy" }', "liquidity": '{ vix = "vix" }'}[kind]
    text = OWN.replace('kind = "relation"', f'kind = "{kind}"').replace('{ y = "usdjpy", x = "gap" }', inputs)
    name = own(text.replace('every = "month", window = 48', "draws = 99"))
    with pytest.raises(
        CommandError, match=rf"monitor link \({kind}\): options: unknown key draws: known are"
    ):
        schema.load(name)


def test_a_monitor_stands_once(own):
    name = own(OWN + OWN[OWN.index("[[monitor]]") :])
    with pytest.raises(CommandError, match="'link' must stand once"):
        schema.load(name)


def test_an_unknown_system_comes_with_the_nearest_one(own):
    with pytest.raises(CommandError, match="did you mean japan"):
        schema.load("japen")
    with pytest.raises(CommandError, match="cannot read"):
        schema.load("nowhere.toml")
