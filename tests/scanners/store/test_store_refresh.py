"""What a download changes: increments, revisions, re-adjustments, re-loads, holes, folding."""

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
import reference_store
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from scanners.store import Actions, Provenance, Store

START = datetime(2024, 1, 1, tzinfo=timezone.utc)
SOURCE = Provenance("yahoo")


def days(count):
    return np.datetime64("2020-01-01") + np.arange(count)


def moment(number):
    return START + timedelta(days=number)


def walk(count, seed=0):
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "lppl.db", write=True) as opened:
        yield opened


def put(store, sessions, close, *, at, name="A", provenance=SOURCE, **others):
    return store.bars.write(name, sessions, close, provenance=provenance, known_at=moment(at), **others)


def test_an_unchanged_refresh_stores_no_bar(store):
    put(store, days(50), walk(50), at=0)
    assert put(store, days(50), walk(50) * (1 + 1e-8), at=1).verdict == "unchanged"
    assert len(store.bars.versions("A")[0]) == 50
    assert store.bars.span("A") == (date(2020, 1, 1), date(2020, 2, 19), moment(1))


def test_the_same_payload_is_not_compared_again(store):
    same = Provenance("yahoo", payload="1f")
    put(store, days(5), walk(5), at=0, provenance=same)
    assert put(store, days(5), 2 * walk(5), at=1, provenance=same).verdict == "unchanged"
    assert_array_equal(store.bars.read("A", None).close, walk(5))
    assert store.bars.span("A")[2] == moment(1)


def test_an_increment_needs_a_session_in_common(store):
    close = walk(100)
    put(store, days(80), close[:80], at=0)
    outcome = put(store, days(100)[70:], close[70:], at=1)
    assert (outcome.verdict, outcome.added, outcome.revised) == ("appended", 20, 0)
    detached = put(store, days(120)[101:], walk(19), at=2)
    assert detached.verdict == "reload_required"
    assert "no session in common" in detached.reason
    assert_array_equal(store.bars.read("A", None).close, close)
    assert store.bars.span("A")[1:] == (date(2020, 4, 9), moment(1))


@pytest.mark.parametrize(("ex_place", "changed"), [(95, 5), (88, 1)])
def test_readjusted_closes_ask_for_the_whole_history(store, ex_place, changed):
    close = walk(100)
    put(store, days(100), close, at=0)
    moved = np.append(close, 101.0)
    moved[:ex_place] *= 0.995
    start = ex_place - changed
    outcome = put(store, days(101)[start:], moved[start:], at=1)
    assert outcome.verdict == "reload_required"
    assert ("multiplied by 0.995" in outcome.reason) == (changed > 1)
    assert_array_equal(store.bars.read("A", None).close, close)
    outcome = put(store, days(101), moved, at=2)
    assert (outcome.verdict, outcome.revised, outcome.added) == ("readjusted", ex_place, 1)
    assert_allclose(outcome.ratio, 0.995, rtol=1e-12)
    assert_array_equal(store.bars.read("A", None).close, moved)
    assert_array_equal(store.bars.read("A", None, known_at=moment(1)).close, close)


def test_a_revision_inside_the_overlap_is_no_readjustment(store):
    close = walk(100)
    put(store, days(100), close, at=0)
    moved = close.copy()
    moved[97] *= 1.02
    outcome = put(store, days(100)[90:], moved[90:], at=1)
    assert (outcome.verdict, outcome.revised) == ("revised", 1)


def test_a_revised_volume_is_a_revision(store):
    volume = np.full(20, 7.0)
    volume[4] = 0.0
    put(store, days(20), walk(20), at=0, volume=volume)
    later = volume.copy()
    later[[4, 19]] = 9.0
    assert put(store, days(20)[2:], walk(20)[2:], at=1, volume=later[2:]).revised == 2
    assert_array_equal(store.bars.read("A", None, ohlcv=True).volume, later)


def test_another_history_replaces_the_stored_one_and_withdraws_what_it_does_not_have(store):
    put(store, days(100), walk(100), at=0)
    other = walk(70, seed=5)
    assert put(store, days(100)[30:], other, at=1).verdict == "reload_required"
    outcome = put(store, days(100)[30:], other, at=2, whole=True)
    assert (outcome.verdict, outcome.revised) == ("replaced", 70)
    assert "30 sessions that it does not have were withdrawn" in outcome.reason
    assert_array_equal(store.bars.read("A", None).close, other)
    assert store.bars.span("A")[:2] == (date(2020, 1, 31), date(2020, 4, 9))
    assert_array_equal(store.bars.read("A", None, known_at=moment(1)).close, walk(100))


def test_a_shorter_history_that_agrees_withdraws_nothing(store):
    close = walk(100)
    put(store, days(100), close, at=0)
    outcome = put(store, days(101)[30:], np.append(close[30:], 99.0), at=1, whole=True)
    assert outcome.verdict == "appended"
    assert_array_equal(store.bars.read("A", None).close, np.append(close, 99.0))


def test_a_hole_in_a_download_is_told_and_loses_nothing(store):
    close, sessions = walk(400), days(400)
    put(store, sessions, close, at=0)
    kept = np.r_[0:100, 200:400]
    outcome = put(store, sessions[kept], close[kept], at=1)
    assert outcome.verdict == "unchanged"
    assert_array_equal(outcome.missing, sessions[100:200])
    assert_array_equal(store.bars.read("A", None).close, close)


def test_a_hole_is_filled_when_the_bars_come(store):
    close, sessions = walk(50), days(50)
    kept = np.r_[0:20, 30:50]
    put(store, sessions[kept], close[kept], at=0)
    assert put(store, sessions, close, at=1).added == 10
    assert_array_equal(store.bars.read("A", None).close, close)


def test_a_second_source_that_rounds_differently_revises_nothing(store):
    close = walk(100)
    put(store, days(100), close, at=0, volume=np.full(100, 5.0))
    fred = Provenance("fred", "", "USD")
    rounded = np.append(close[90:], [99.0, 98.0]).round(2)
    outcome = put(store, days(102)[90:], rounded, at=1, provenance=fred)
    assert (outcome.verdict, outcome.added) == ("appended", 2)
    assert_array_equal(store.bars.read("A", None, ohlcv=True).volume[:100], np.full(100, 5.0))
    assert store.bars.read("A", None).provenance["source"] == "fred"
    assert store.bars.read("A", None, known_at=moment(0)).provenance["source"] == "yahoo"


def test_a_second_source_with_other_prices_is_refused(store):
    put(store, days(100), walk(100), at=0)
    outcome = put(store, days(101)[90:], walk(11, seed=9), at=1, provenance=Provenance("fred"))
    assert outcome.verdict == "reload_required"
    assert "closes of the download differ from the stored ones by up to" in outcome.reason
    assert store.bars.read("A", None).provenance["source"] == "yahoo"


def test_an_action_that_the_source_took_back_is_not_applied(store):
    sessions, close = days(10), np.full(10, 50.0)
    split = Actions(sessions[[5]], np.array([2.0]), np.array([0.0]))
    assert put(store, sessions, close, at=0, actions=split).actions == 1
    assert put(store, sessions[2:], close[2:], at=1, actions=None).actions == 0
    assert store.bars.read("A", None).factor[0] == 0.5
    assert put(store, sessions[2:], close[2:], at=2, actions=Actions()).actions == 1
    assert store.bars.read("A", None).factor[0] == 1.0
    assert store.bars.read("A", None, known_at=moment(1)).factor[0] == 0.5


def test_an_increment_leaves_earlier_actions_alone(store):
    sessions, close = days(100), np.full(100, 50.0)
    early = Actions(sessions[[5]], np.array([2.0]), np.array([0.0]))
    put(store, sessions[:90], close[:90], at=0, actions=early)
    late = Actions(sessions[[95]], np.array([4.0]), np.array([0.0]))
    assert put(store, sessions[80:], close[80:], at=1, actions=late).actions == 1
    assert_array_equal(store.bars.read("A", None).factor[[0, 50, 99]], [1 / 8, 1 / 4, 1])


def test_withdrawn_bars_are_gone_from_then_on(store):
    put(store, days(10), walk(10), at=0)
    store.bars.withdraw("A", days(10)[[0, 3]], known_at=moment(1))
    assert len(store.bars.read("A", None).close) == 8
    assert store.bars.span("A")[0] == date(2020, 1, 2)
    assert len(store.bars.read("A", None, known_at=moment(0)).close) == 10
    assert put(store, days(10), walk(10), at=2).added == 2
    assert_array_equal(store.bars.read("A", None).close, walk(10))


def test_hundreds_of_daily_refreshes_fold_and_read_the_same(store):
    close, sessions = walk(700), days(700)
    ex_dates = sessions[95::21]
    seen = []
    with store.transaction():
        put(store, sessions[:100], close[:100], at=100, actions=Actions())
        for last in range(101, 701):
            recent = slice(last - 10, last)
            ex = ex_dates[np.isin(ex_dates, sessions[recent])]
            events = Actions(ex, np.ones(len(ex)), np.full(len(ex), 0.2))
            put(store, sessions[recent], close[recent], at=last, actions=events)
            if last % 50 == 0:
                seen.append((moment(last), store.bars.read("A", None).close.tobytes()))
    assert len(seen) == 12
    for known_at, before in seen:
        assert store.bars.read("A", None, known_at=known_at).close.tobytes() == before
    segments = store.database.connection.execute("SELECT count(*) FROM segment").fetchone()[0]
    assert segments < 60
    assert_array_equal(store.bars.read("A", None, adjust="none").close, close)


EVENTS = st.dictionaries(
    st.integers(0, 23), st.sampled_from([(2.0, 0.0, 1.0), (1.0, 3.0, 1.0), (1.0, 0.0, 0.9)]), max_size=2
)
PRICES = st.dictionaries(st.integers(0, 23), st.sampled_from([90.0, 110.0]), max_size=3)
DOWNLOADS = st.tuples(st.integers(0, 12), st.integers(1, 12), PRICES, st.none() | EVENTS, st.booleans())


@settings(max_examples=25, deadline=None)
@given(st.lists(DOWNLOADS, min_size=1, max_size=25))
def test_reading_equals_the_slow_twin(tmp_path_factory, downloads):
    path = tmp_path_factory.mktemp("twin") / "lppl.db"
    with Store.open(path, write=True) as store, store.transaction():
        for number, (start, count, prices, events, whole) in enumerate(downloads):
            places = range(start, start + count)
            close = np.array([prices.get(place, 100.0) for place in places])
            sessions, actions = days(24)[places], _actions(events, places)
            outcome = put(store, sessions, close, at=number, actions=actions, whole=whole)
            if outcome.verdict != "reload_required":
                known = store.bars.read("A", None, adjust="none").to_series()
                assert_array_equal(known[sessions], close)
        versions, actions = (_listed(rows) for rows in store.bars.versions("A"))
        versions = [
            (session, known, None if np.isnan(close) else close) for session, known, close, *_ in versions
        ]
        for number in range(len(downloads)):
            known = (moment(number) - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)
            for as_of in days(24)[[3, 11, 23]]:
                expected = reference_store.read(versions, actions, int(as_of.astype(int)), known)
                history = store.bars.read("A", as_of, known_at=moment(number))
                assert history.sessions.astype(int).tolist() == list(expected)
                assert_allclose(history.close, list(expected.values()), rtol=1e-12)


def _actions(events, places):
    if events is None:
        return None
    inside = [place for place in sorted(events) if place in places]
    return Actions(days(24)[inside], *np.array([events[place] for place in inside]).reshape(-1, 3).T)


def _listed(rows):
    return list(zip(rows.session.tolist(), rows.known_at.tolist(), *rows.values.tolist(), strict=True))
