"""Random days of lists, people, edits, clocks and servers, against a model of who must be told what."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from audience_model import RANKS, Model
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from moody_server import MOODS, Killed, MoodyServer
from scan_rows import STRETCHED, asked, failed, row

from scanners.alerts.delivery import deliver
from scanners.alerts.episodes import acknowledge, silence
from scanners.config.policy import Policy
from scanners.config.settings import Alerts, Mail, Route, Settings
from scanners.service.commit import finish, key_of
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Store

SERIES = ("gold", "silver", "corn")
LISTS = {"core": ("gold", "silver"), "other": ("corn", "gold"), "all": ("silver", "corn", "gold")}
SHOWN = {"calm": {}, "watch": {"momentum": STRETCHED}, "warning": {"up": 0.22}, "critical": {"up": 0.45}}
ANNA, BEN, CARL, ZOE = (f"{name}@example.org" for name in ("anna", "ben", "carl", "zoe"))
ROUTES = (
    Route(name="core", recipients=(ANNA, ZOE), level="watch", watchlists=("core",)),
    Route(name="other", recipients=(BEN,), level="warning", watchlists=("other", "all")),
    Route(name="any", recipients=(CARL,), level="critical", resolved=False),
    Route(name="renamed", recipients=(CARL,), level="critical", resolved=False),
)
MAIL = Mail(host="localhost", sender="scanner@example.org", give_up_days=4)
POLICY = Policy(lasting_sessions=0)
DAY, SOON = timedelta(days=1), timedelta(hours=7)
steps_taken = Counter()


@lru_cache(maxsize=4096)
def judged(name, level, day):
    return row(name, moment=morning(day), **SHOWN[level])


def morning(day):
    return datetime(day.year, day.month, day.day, 6, tzinfo=timezone.utc)


def day_of(session):
    return np.busday_offset("2024-01-01", session).item()


class Days(RuleBasedStateMachine):
    """The system, from judged rows on, beside the model."""

    def __init__(self):
        super().__init__()
        memory = Path("/dev/shm")
        self.place = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
        self.path = Path(self.place.name) / "lppl.db"
        self.store = Store.open(self.path, write=True)
        self.model = Model(day_of, LISTS)
        self.moment = datetime(2024, 1, 1, 6, tzinfo=timezone.utc)
        self.server = MoodyServer(lambda: self.moment)
        self.levels, self.routes, self.repeat = [], dict.fromkeys((0, 1, 2)), 0
        self.thresholds = dict.fromkeys(LISTS, "c0ffee")
        self.composed, self.edits = {}, {}

    @initialize(levels=st.tuples(*[st.sampled_from(list(RANKS))] * 3))
    def first_session(self, levels):
        self.levels.append(dict(zip(SERIES, levels, strict=True)))

    @property
    def settings(self):
        chosen = [self.edits.get(number, ROUTES[number]) for number in sorted(self.routes)]
        rules = Alerts(clear_runs=1, hysteresis=0.0, repeat_sessions=self.repeat, health_share=0.6)
        return Settings(mail=MAIL, policy=POLICY, alerts=rules, route=tuple(chosen))

    @rule(
        levels=st.tuples(*[st.sampled_from(list(RANKS))] * 3),
        names=st.permutations(list(LISTS)),
        count=st.integers(0, 3),
        hours=st.integers(20, 30),
    )
    def a_day(self, levels, names, count, hours):
        """A session ends, and some of the lists are scanned the next morning, in any order."""
        steps_taken["a day"] += 1
        self.levels.append(dict(zip(SERIES, levels, strict=True)))
        self.moment += timedelta(hours=hours)
        for name in names[:count]:
            self._scan(name, len(self.levels) - 1)

    @rule(
        name=st.sampled_from(list(LISTS)),
        back=st.integers(0, 3),
        again=st.booleans(),
        broken=st.integers(0, 9),
    )
    def scan_by_hand(self, name, back, again, broken):
        steps_taken["scan"] += 1
        self.moment += timedelta(minutes=1)
        self._scan(name, max(len(self.levels) - 1 - back, 0), again=again, broken=broken == 0)

    def _scan(self, name, session, again=False, broken=False):
        day, configuration = day_of(session), self.thresholds[name]
        plan = replace(asked(morning(day), name, configuration), at=self.moment)
        levels = self.levels[session]
        rows = [failed(each) if broken else judged(each, levels[each], day) for each in LISTS[name]]
        manifest = {"series": LISTS[name], "data": broken, "shown": "x"}
        done = self.store.runs.find(key_of(plan))
        skipped = done is not None and not again and done.manifest["data"] == broken
        before = self.store.tellings.all()
        found = Outcome(plan, rows, manifest=manifest)
        decision = finish(self.store, found, Options(self.settings, again=again))
        assert (decision is None) == skipped
        told = [each for each in self.store.tellings.all() if each not in before]
        expected = set()
        if not skipped:
            key, rules = (name, session, configuration), self.settings
            if not broken:
                expected = self.model.scan(*key, levels, rules.route, self.repeat)
            number = self.model.runs.get(key, (0, len(self.model.runs)))[1]
            self.model.runs[key] = (self.moment, number)
        assert {self._said(each) for each in told} == expected and len(told) == len(expected)
        self._remember(decision, told, broken)

    def _said(self, telling):
        place = (telling.occurrence, telling.sequence)
        steps = self.store.runs.steps(telling.fingerprint)
        (step,) = [each for each in steps if (each.occurrence, each.sequence) == place]
        session = np.busday_count("2024-01-01", step.body.session).item()
        what = (step.body.series, step.body.configuration, step.occurrence)
        return (telling.route, *what, session, step.event)

    def _remember(self, decision, told, broken):
        """Every telling has a message to each recipient, and every message tells something new."""
        mails = {(mail.message_id, mail.recipient) for mail in decision.messages} if decision else set()
        about = {(each.message_id, whom) for each in told for whom in each.recipients}
        assert about == (set() if broken else mails)
        for key in mails - set(self.composed):
            self.composed[key] = self.moment
        kept = {(mail.message_id, mail.recipient) for mail in self.store.outbox.overview()}
        assert kept == set(self.composed)

    @rule(series=st.sampled_from(SERIES), days=st.integers(0, 6))
    def ask_for_silence(self, series, days):
        steps_taken["silence"] += 1
        until = self.moment.date() + timedelta(days=days)
        for step in self._opened(series):
            self.store.runs.add_steps([silence(step, self.moment, until)])
        for alert in self.model.opened(series):
            alert.say("silenced", silent=until)

    @rule(series=st.sampled_from(SERIES))
    def take_note(self, series):
        steps_taken["note"] += 1
        for step in self._opened(series):
            self.store.runs.add_steps([acknowledge(step, self.moment)])
        for alert in self.model.opened(series):
            alert.say("acknowledged", noted=True)

    def _opened(self, series):
        found = [each for each in self.store.runs.open_episodes() if each.body.series == series]
        assert len(found) == len(self.model.opened(series))
        return found

    @rule(
        number=st.integers(0, 3),
        what=st.sampled_from(["toggle", "level", "lists", "resolved", "rename"]),
        level=st.sampled_from(["watch", "warning", "critical"]),
    )
    def edit_a_route(self, number, what, level):
        steps_taken["route"] += 1
        route = self.edits.get(number, ROUTES[number])
        if what == "toggle" and number in self.routes:
            del self.routes[number]
        elif what == "toggle":
            self.routes[number] = None
        elif what == "rename" and 2 in self.routes:
            self.routes = {each: None for each in self.routes if each != 2} | {3: None}
        elif what == "rename":
            self.routes = {each: None for each in self.routes if each != 3} | {2: None}
        elif what == "level":
            self.edits[number] = msgspec.structs.replace(route, level=level)
        elif what == "resolved":
            self.edits[number] = msgspec.structs.replace(route, resolved=not route.resolved)
        else:
            lists = () if route.watchlists else ROUTES[number].watchlists or ("core", "other")
            self.edits[number] = msgspec.structs.replace(route, watchlists=lists)

    @rule(name=st.sampled_from(list(LISTS)), repeat=st.sampled_from([0, 2, 5]))
    def edit_the_rules(self, name, repeat):
        steps_taken["rules"] += 1
        self.repeat = repeat
        self.thresholds[name] = "beef" if self.thresholds[name] == "c0ffee" else "c0ffee"

    @rule(days=st.sampled_from([-400, -5, -1, 1, 5, 400]), hours=st.integers(-12, 12))
    def set_the_clock(self, days, hours):
        steps_taken["clock"] += 1
        self.moment += timedelta(days=days, hours=hours)

    @rule(mood=st.sampled_from(MOODS), minutes=st.integers(0, 600), times=st.integers(1, 3))
    def send(self, mood, minutes, times):
        steps_taken["send"] += 1
        self.server.mood = mood
        for _ in range(times):
            self.moment += timedelta(minutes=minutes)
            self._deliver()

    def _deliver(self):
        try:
            deliver(self.store.outbox, MAIL, self.server.clock, find=lambda recipient: self.server)
        except Killed:
            self._reopen()

    @rule()
    def start_anew(self):
        steps_taken["start"] += 1
        self._reopen()

    def _reopen(self):
        self.store.close()
        self.store = Store.open(self.path, write=True)

    def teardown(self):
        """The server is well again: whatever the clock says, all is there within the longest wait."""
        try:
            if self.levels:
                self._all_is_delivered()
        finally:
            self.store.close()
            self.place.cleanup()

    def _all_is_delivered(self):
        self.server.mood = "up"
        self._deliver()
        self.moment += SOON
        self._deliver()
        for message in self.store.outbox.overview():
            key = (message.message_id, message.recipient)
            assert message.state in ("sent", "dead")
            if message.state == "sent":
                assert self.server.got[key] == 1 or key in self.server.unsure
            else:
                assert key in self.server.refused or self._waited(key) > timedelta(days=MAIL.give_up_days)
        assert set(self.server.got) <= set(self.composed)

    def _waited(self, key):
        moments = [self.composed[key], *self.server.tries[key]]
        return sum((min(max(later - one, 0 * DAY), DAY) for one, later in pairwise(moments)), 0 * DAY)


@pytest.mark.parametrize(
    "wanted", [40, pytest.param(120, marks=pytest.mark.ci), pytest.param(10_000, marks=pytest.mark.slow)]
)
def test_each_route_is_told_once_of_what_it_asked_for(wanted):
    steps_taken.clear()
    number = 0
    while sum(steps_taken.values()) < wanted:
        number += 1
        how = settings(
            max_examples=max(wanted // 400, 4),
            stateful_step_count=30 if wanted < 1000 else 50,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(seed(number)(Days), settings=how)
    assert len(steps_taken) == 9
