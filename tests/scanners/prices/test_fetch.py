"""Providers by name, plug-ins by entry point, and the fall-back from one provider to the next."""

import subprocess
import sys
import time
from datetime import date, datetime, timezone
from importlib.metadata import EntryPoint, EntryPoints

import plugin_provider
import pytest

from scanners.config.watchlist import Entry, load
from scanners.core import plugins as core_plugins
from scanners.core.errors import CommandError
from scanners.prices import fetch
from scanners.prices.interface import Traits
from scanners.prices.local import local_closes
from scanners.prices.providers import registry
from scanners.prices.refresh import refresh
from scanners.store import Store

NOW = datetime(2024, 1, 5, 12, tzinfo=timezone.utc)


@pytest.fixture
def plugins(monkeypatch):
    """Entry points as an installed package would have them."""
    targets = {
        "plugin": "plugin_provider:provider",
        "needy": "plugin_provider:needy",
        "diary": "plugin_provider:diary",
        "nothing": "plugin_provider:nothing",
        "gone": "no_such_module:provider",
        "csv": "plugin_provider:provider",
    }
    points = [EntryPoint(name, value, registry.GROUP) for name, value in targets.items()]
    monkeypatch.setattr(core_plugins, "entry_points", lambda **asked: EntryPoints(points).select(**asked))
    plugin_provider.CALLS.clear()


def entry(name, **symbols):
    return Entry(name, "equity", symbols)


def fetched(*entries, seconds=20.0, **options):
    return {
        outcome.series: outcome
        for outcome in fetch.fetch_all(entries, deadline=time.monotonic() + seconds, **options)
    }


def kinds(outcome):
    return [(failure.provider, failure.kind) for failure in outcome.failures]


@pytest.mark.parametrize("name", registry.BUILTIN)
def test_every_provider_opens_under_its_name(name):
    assert registry.open_provider(name).name == name


def test_core_symbols_are_of_known_providers():
    for watchlist in ("core", "demo"):
        for item in load(watchlist).series:
            assert set(item.symbols) <= set(registry.BUILTIN)


def test_nothing_is_loaded_before_it_is_used():
    code = """if True:
        import sys
        from scanners.prices.providers import registry
        registry.names()
        registry.open_provider("yahoo")
        heavy = {"yfinance", "akshare", "FinanceDataReader", "requests", "pandas"}
        sys.exit(len(heavy & set(sys.modules)))
    """
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_plugins_are_found_and_cannot_replace_ours(plugins):
    assert {"plugin", "yahoo"} <= set(registry.names())
    assert registry.open_provider("plugin").name == "plugin"
    assert registry.open_provider("csv").fetch.__module__.startswith("scanners.")


@pytest.mark.parametrize(
    ("name", "options", "complaint"),
    [
        ("bloomberg", {}, "'bloomberg' is none of akshare, alfred, alphavantage, bis, ccxt"),
        ("gone", {}, "cannot be loaded: No module named 'no_such_module'"),
        ("nothing", {}, "entry point must return a Provider, got NoneType"),
        ("csv", {"colour": "red"}, "unexpected keyword argument 'colour'"),
    ],
)
def test_unusable_providers_are_command_errors(plugins, name, options, complaint):
    with pytest.raises(CommandError, match=complaint):
        registry.open_provider(name, options)


def test_first_provider_that_has_the_series_wins(plugins, tmp_path):
    outcomes = fetched(
        entry("a", csv="missing", plugin="ok", dataset="gold"),
        entry("b", dataset="nasdaq", plugin="ok"),
        entry("c", csv="missing", plugin="fail", dataset="dax"),
        options={"csv": {"folder": str(tmp_path)}, "plugin": {"level": 7.0}},
    )
    assert outcomes["a"].bars.provider == "plugin"
    assert outcomes["a"].bars.close.tolist() == [7.0]
    assert kinds(outcomes["a"]) == [("csv", "not_found")]
    assert outcomes["b"].bars.provider == "dataset"
    assert outcomes["b"].failures == ()
    assert outcomes["c"].bars is None
    assert kinds(outcomes["c"]) == [("csv", "not_found"), ("plugin", "not_found"), ("dataset", "not_found")]
    # What failed over at the same time is asked for at the same time; b was served before.
    assert plugin_provider.CALLS == [["ok", "fail"]]


def test_span_reaches_the_providers():
    outcomes = fetched(
        entry("nasdaq", dataset="nasdaq"),
        entry("gold", dataset="gold"),
        starts={"nasdaq": date(2000, 3, 1)},
        end=date(2000, 3, 10),
    )
    assert str(outcomes["nasdaq"].bars.sessions[0]) == "2000-03-01"
    assert str(outcomes["nasdaq"].bars.sessions[-1]) == "2000-03-10"
    assert str(outcomes["gold"].bars.sessions[0]) == "1979-12-27"


def test_only_the_providers_asked_for():
    outcomes = fetched(entry("a", csv="x", dataset="gold"), entry("b", csv="x"), only=["dataset"])
    assert outcomes["a"].bars.provider == "dataset"
    assert (outcomes["b"].bars, outcomes["b"].failures) == (None, ())


def test_unknown_providers_and_bad_options_are_failures_of_their_series(plugins):
    outcomes = fetched(
        entry("a", bloomberg="A", dataset="gold"),
        entry("b", gone="B"),
        entry("c", csv="C"),
        options={"csv": {"colour": "red"}},
    )
    assert outcomes["a"].bars.provider == "dataset"
    assert kinds(outcomes["a"]) == [("bloomberg", "unsupported")]
    assert kinds(outcomes["b"]) == [("gone", "unsupported")]
    assert kinds(outcomes["c"]) == [("csv", "unsupported")]


def test_missing_credentials_are_named(plugins, monkeypatch):
    monkeypatch.delenv("LPPL_TEST_KEY", raising=False)
    outcome = fetched(entry("a", needy="ok"))["a"]
    assert kinds(outcome) == [("needy", "auth")]
    assert "LPPL_TEST_KEY" in outcome.failures[0].message
    monkeypatch.setenv("LPPL_TEST_KEY", "k")
    assert fetched(entry("a", needy="ok"))["a"].bars is not None


@pytest.mark.parametrize(
    ("symbol", "words"), [("raise", "LookupError"), ("stop", "ended"), ("other", "another")]
)
def test_misbehaving_plugins_cost_their_own_series_only(plugins, symbol, words):
    outcomes = fetched(
        entry("a", plugin="ok"),
        entry("b", plugin=symbol),
        entry("c", plugin="ok"),
        entry("d", dataset="gold"),
    )
    assert outcomes["a"].bars is not None
    assert kinds(outcomes["b"]) == [("plugin", "malformed")]
    assert words in outcomes["b"].failures[0].message
    assert "secret" not in outcomes["b"].failures[0].message
    assert kinds(outcomes["c"]) == [("plugin", "malformed")]
    assert outcomes["d"].bars is not None


def test_a_plugin_that_ignores_the_deadline_is_left_behind(plugins, monkeypatch):
    monkeypatch.setattr(fetch, "_GRACE", 0.2)
    started = time.monotonic()
    outcomes = fetched(entry("a", plugin="sleep"), entry("b", dataset="gold"), seconds=0.3)
    assert kinds(outcomes["a"]) == [("plugin", "transient")]
    assert outcomes["b"].bars is not None
    assert time.monotonic() - started < 5


def test_facts_of_a_provider_stand_on_it_and_are_plain_for_one_that_cannot_be_opened(plugins):
    found = registry.traits_of(["diary", "gone", "nothing", "csv", "yahoo", "no such"])
    assert found["diary"] == Traits(tells_events=True, local=True, withdraws=True)
    assert found["gone"] == found["nothing"] == found["no such"] == Traits()
    assert found["csv"].local and found["csv"].withdraws and found["yahoo"].tells_events


def test_a_dummy_provider_from_outside_is_asked_for_all_and_takes_bars_back(plugins, tmp_path):
    """What only some names could while they stood in sets, any provider can say of itself."""
    found = []
    with Store.open(tmp_path / "lppl.db", write=True) as store:
        for plugin_provider.DIARY in ((2, 3, 4), (2, 4)):
            wanted = [Entry("mine", "equity", {"diary": "x"})]
            found += refresh(store, wanted, deadline=time.monotonic() + 20, now=NOW)
        assert store.bars.read("mine", None).sessions.astype(str).tolist() == ["2024-01-02", "2024-01-04"]
    assert [(report.verdict != "failed", report.withdrawn) for report in found] == [(True, 0), (True, 1)]
    assert plugin_provider.STARTS == [None, None]


def test_a_dummy_provider_that_needs_no_network_is_read_without_a_store(plugins):
    found = local_closes(Entry("mine", "equity", {"gone": "x", "yahoo": "MINE", "diary": "7"}))
    assert found.tolist() == [7.0] and found.name == "mine"
    with pytest.raises(CommandError, match="or name a folder of CSV files"):
        local_closes(Entry("mine", "equity", {"yahoo": "MINE", "csv": "mine"}))
