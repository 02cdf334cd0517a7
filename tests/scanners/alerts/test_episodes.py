"""Episodes with a fake clock: one mail when something changes, none when nothing does."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.alerts.episodes import acknowledge, advance, silence, supersede
from scanners.alerts.observation import Observation
from scanners.config.settings import Alerts
from scanners.core.vocabulary import LEVELS
from scanners.store.episodes import fingerprint

MONDAY = date(2024, 1, 1)
QUICK = Alerts(clear_runs=2, repeat_sessions=0)


def at(day):
    return datetime(day.year, day.month, day.day, 6, tzinfo=timezone.utc)


def reading(day, level, held=None, tc="2024-06-01", direction="positive"):
    return Observation("gold", "Gold", direction, day.isoformat(), level, held or level, tc)


def live(levels, rules=QUICK, last=None, start=MONDAY, **others):
    """Return the steps that a level a weekday gives; a pair is (level, held level), None no data."""
    steps, day = [last] if last else [], start
    for level in levels:
        if level is not None:
            level, held = level if isinstance(level, tuple) else (level, None)
            step = advance(
                steps[-1] if steps else None, reading(day, level, held, **others), "c0", at(day), rules
            )
            steps += [step] if step else []
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return steps[1:] if last else steps


def told(steps):
    return [(step.event, step.body.level) for step in steps if step.body.notify]


def test_calm_is_silent():
    assert live(["calm"] * 10) == []


def test_opens_at_once_and_says_nothing_more():
    steps = live(["warning"] * 15)
    assert [(step.state, step.event) for step in steps] == [("firing", "opened")]
    assert told(steps) == [("opened", "warning")]


def test_pending_needs_its_runs_in_a_row():
    rules = Alerts(pending_runs=3)
    steps = live(["watch", "watch", "calm", "watch", "warning", "watch"], rules)
    assert [step.state for step in steps] == [
        "pending",
        "pending",
        "inactive",
        "pending",
        "pending",
        "firing",
    ]
    assert [(step.occurrence, step.sequence) for step in steps] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 1),
        (2, 2),
        (2, 3),
    ]
    assert told(steps) == [("opened", "watch")] and steps[-1].body.peak == "warning"


def test_a_level_that_rises_is_told_each_time():
    assert told(live(["watch", "watch", "warning", "warning", "critical"])) == [
        ("opened", "watch"),
        ("raised", "warning"),
        ("raised", "critical"),
    ]


def test_hysteresis_holds_what_dips_below_its_threshold():
    steps = live(["critical", *[("warning", "critical")] * 6, "critical"])
    assert told(steps) == [("opened", "critical")] and len(steps) == 1


def test_a_short_dip_is_forgotten():
    steps = live(["critical", "calm", "critical", "calm", "critical"])
    assert [step.event for step in steps] == ["opened", "below", "held", "below", "held"]
    assert told(steps) == [("opened", "critical")]


def test_falls_to_what_it_held_then_ends_and_opens_anew():
    steps = live(["critical", "calm", "watch", "calm", "calm", "calm", "watch"])
    assert [step.event for step in steps] == ["opened", "below", "lowered", "below", "resolved", "opened"]
    assert told(steps) == [("opened", "critical"), ("resolved", "calm"), ("opened", "watch")]
    assert steps[2].body.level == "watch" and steps[4].body.peak == "critical"
    assert [step.occurrence for step in steps] == [1, 1, 1, 1, 1, 2]


def test_falls_no_further_than_it_was_on_any_of_the_days():
    steps = live(["critical", "warning", "calm"])
    assert [(step.event, step.body.level) for step in steps][1:] == [
        ("below", "critical"),
        ("lowered", "warning"),
    ]


def test_a_rise_after_a_fall_is_told():
    steps = live(["critical", "watch", "watch", "warning", "critical"])
    assert told(steps) == [("opened", "critical"), ("raised", "warning"), ("raised", "critical")]


def test_repeated_after_trading_days_not_calendar_days():
    steps = live(["warning"] * 12, Alerts(repeat_sessions=5))
    assert [step.body.session for step in steps if step.body.notify] == [
        "2024-01-01",
        "2024-01-08",
        "2024-01-15",
    ]
    assert [event for event, _ in told(steps)] == ["opened", "repeated", "repeated"]


def test_repeats_count_the_days_of_the_exchange():
    """China's golden week of 2024 closed on five weekdays, 1 to 7 October."""
    pytest.importorskip("exchange_calendars")

    def repeated(calendar):
        days = [date(2024, 9, 26) + timedelta(days=step) for step in range(25)]
        last, rules = None, Alerts(repeat_sessions=5)
        for day in days:
            seen = Observation(
                "csi", "CSI", "positive", day.isoformat(), "critical", "critical", calendar=calendar
            )
            step = advance(last, seen, "c0ffee", at(day), rules)
            if step is not None and step.event == "repeated":
                return day.isoformat()
            last = step or last
        return None

    assert (repeated(""), repeated("XSHG"), repeated("XNONE")) == ("2024-10-03", "2024-10-10", "2024-10-03")


def test_days_without_data_neither_end_nor_confirm():
    steps = live(["warning", None, None, None, None, "warning"], QUICK)
    assert [step.event for step in steps] == ["opened"]
    assert live(["calm", None, "calm"], QUICK, last=steps[-1], start=date(2024, 1, 9))[-1].event == "resolved"


def test_drift_of_the_critical_time_is_an_update_of_the_same_episode():
    (first,) = live(["warning"])
    near = live(["warning"], last=first, start=date(2024, 1, 2), tc="2024-06-30")
    far = live(["warning"], last=first, start=date(2024, 1, 2), tc="2024-07-01")
    assert near == [] and [(step.event, step.body.notify) for step in far] == [("updated", False)]
    assert (far[0].occurrence, far[0].sequence) == (1, 2)
    mailed = live(["warning"], Alerts(mail_updates=True), last=first, start=date(2024, 1, 2), tc="")
    assert told(mailed) == [("updated", "warning")]


def test_the_same_day_again_and_a_clock_set_back_add_nothing():
    (first,) = live(["warning"])
    for day in (MONDAY, date(2023, 12, 29)):
        for level in LEVELS:
            assert advance(first, reading(day, level), "c0", at(MONDAY), QUICK) is None


def test_a_missed_day_changes_nothing_but_what_was_missed():
    whole = live(["watch", "warning", "warning", "calm", "calm"])
    missed = live(["watch", None, "warning", "calm", "calm"])
    assert told(whole) == told(missed)


@pytest.mark.parametrize("first", [date(2024, 3, 29), date(2024, 10, 25)])
def test_daylight_saving_changes_nothing(first):
    zone = ZoneInfo("Europe/Zurich")
    steps = []
    for day in (first, first + timedelta(days=3)):
        for hour in (2, 3):  # the hour that is missing in spring and comes twice in autumn
            moment = datetime(day.year, day.month, day.day, hour, 30, tzinfo=zone)
            step = advance(steps[-1] if steps else None, reading(day, "warning"), "c0", moment, QUICK)
            steps += [step] if step else []
    assert told(steps) == [("opened", "warning")]


class TestByHand:
    def test_acknowledged_until_the_level_rises(self):
        rules = Alerts(repeat_sessions=1)
        (first,) = live(["warning"], rules)
        noted = acknowledge(first, at(MONDAY))
        assert (noted.sequence, noted.state, noted.event) == (2, "firing", "acknowledged")
        steps = live(["warning", "warning", "critical", "critical"], rules, noted, date(2024, 1, 2))
        assert told(steps) == [("raised", "critical"), ("repeated", "critical")]

    def test_an_acknowledgement_expires(self):
        rules = Alerts(repeat_sessions=1)
        noted = acknowledge(live(["warning"], rules)[0], at(MONDAY), until=date(2024, 1, 3))
        steps = live(["warning"] * 4, rules, noted, date(2024, 1, 2))
        assert [step.body.session for step in steps] == ["2024-01-04", "2024-01-05"]

    def test_silence_hides_everything_and_then_tells_what_was_missed(self):
        hushed = silence(live(["watch"])[0], at(MONDAY), date(2024, 1, 4))
        steps = live(
            ["watch", "critical", "critical", "critical", "critical"], QUICK, hushed, date(2024, 1, 2)
        )
        assert [(step.event, step.body.notify, step.body.session) for step in steps] == [
            ("raised", False, "2024-01-03"),
            ("raised", True, "2024-01-05"),
        ]

    def test_a_silenced_episode_ends_in_silence(self):
        hushed = silence(live(["watch"])[0], at(MONDAY), date(2024, 2, 1))
        steps = live(["calm", "calm"], QUICK, hushed, date(2024, 1, 2))
        assert steps[-1].state == "resolved" and told(steps) == []

    def test_only_what_is_open_and_only_into_the_future(self):
        steps = live(["watch", "calm", "calm"])
        with pytest.raises(ValueError, match="must be pending or firing to be acknowledged, got resolved"):
            acknowledge(steps[-1], at(MONDAY))
        with pytest.raises(ValueError, match="until must not lie before 2024-01-01, got 2023-12-31"):
            silence(steps[0], at(MONDAY), date(2023, 12, 31))


def test_another_configuration_closes_the_old_episode_silently():
    (first,) = live(["warning"])
    (closed,) = supersede([first], [("lppls", "gold"), ("lppls", "tin")], at(MONDAY))
    assert (closed.state, closed.event, closed.body.notify) == ("resolved", "superseded", False)
    for seen in (("lppls", "x"), ("systems", "gold")):
        assert supersede([first], [seen], at(MONDAY)) == []


class TestAnotherModel:
    """A system with states of its own; its level is how much they matter."""

    def seen(self, states, rules=QUICK, last=None):
        """Return the steps that pairs of level and state, one a weekday, give."""
        steps, day = [last] if last else [], MONDAY
        for level, state in states:
            reading = Observation(
                "china", "China", "debt", day.isoformat(), level, level, model="systems", state=state
            )
            step = advance(steps[-1] if steps else None, reading, "c0", at(day), rules)
            steps += [step] if step else []
            day += timedelta(days=1)
        return steps[1:] if last else steps

    def test_a_state_with_another_name_is_told_while_the_level_stays(self):
        steps = self.seen([("watch", "tight"), ("watch", "tight"), ("watch", "loose"), ("watch", "loose")])
        events = [(step.event, step.body.state) for step in steps]
        assert events == [("opened", "tight"), ("changed", "loose")]
        assert all(step.body.notify and step.body.model == "systems" for step in steps)
        assert len({step.fingerprint for step in steps}) == 1

    def test_it_opens_rises_and_ends_like_any_other(self):
        steps = self.seen([("calm", "a"), ("watch", "b"), ("warning", "c"), ("calm", "a"), ("calm", "a")])
        assert told(steps) == [("opened", "watch"), ("raised", "warning"), ("resolved", "calm")]

    def test_silence_holds_back_a_change_until_it_ends(self):
        (first,) = self.seen([("watch", "tight")])
        hushed = silence(first, at(MONDAY), MONDAY + timedelta(days=2))
        steps = self.seen([("watch", "loose")] * 4, last=hushed)
        assert [(step.event, step.body.session) for step in steps] == [("changed", "2024-01-04")]

    def test_its_episodes_are_not_those_of_a_series_with_its_name(self):
        ours = Observation("gold", "Gold", "positive", "2024-01-01", "watch", "watch")
        theirs = Observation("gold", "Gold", "positive", "2024-01-01", "watch", "watch", model="systems")
        assert ours.fingerprint("c0") == fingerprint("gold", "positive", "c0") != theirs.fingerprint("c0")

    @pytest.mark.parametrize("levels", [("tight", "calm"), ("calm", "tight")])
    def test_levels_are_the_four(self, levels):
        with pytest.raises(ValueError, match="must be one of calm, watch, warning, critical, got 'tight'"):
            Observation("gold", "Gold", "positive", "2024-01-01", *levels)


def test_fingerprints_differ_in_every_part():
    keys = {fingerprint(*key) for key in [("a", "b", "c"), ("ab", "", "c"), ("a", "bc", ""), ("a", "b", "d")]}
    assert len(keys) == 4 and fingerprint("a", "b", "c") != fingerprint("a", "b", "c", "other")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS))), max_size=40),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_steps_follow_without_a_hole_and_no_level_is_told_twice(days, pending, clear):
    # The hysteresis only ever holds a level up.
    days = [day and (day[0], max(day, key=LEVELS.index)) for day in days]
    steps = live(days, Alerts(pending_runs=pending, clear_runs=clear, repeat_sessions=0))
    previous = None
    for step in steps:
        if previous is None or previous.state in ("inactive", "resolved"):
            assert (step.occurrence, step.sequence) == ((previous.occurrence if previous else 0) + 1, 1)
        else:
            assert (step.occurrence, step.sequence) == (previous.occurrence, previous.sequence + 1)
        previous = step
    for number in {step.occurrence for step in steps}:
        level = -1
        for step in (step for step in steps if step.occurrence == number):
            rank = LEVELS.index(step.body.level)
            if step.event in ("opened", "raised"):
                assert rank > level
            if step.body.notify:
                assert step.event in ("opened", "raised", "resolved")
            level = rank if step.state == "firing" else level
