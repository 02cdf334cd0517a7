"""The dead-man's switch: what it is told, how often, how long, and never its address in a report."""

import time
from types import SimpleNamespace

import pytest
import requests
from loopback import Answer, in_turn, serve

from scanners.config.settings import Ping
from scanners.service import ping as switch
from scanners.service.ping import watched


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """Tries follow each other at once; gives how long each pause would have been."""
    asked = []
    monkeypatch.setattr(switch, "time", SimpleNamespace(sleep=asked.append))
    return asked


def lived(answer, code=None, error=None, query="", **ping):
    told = []
    with serve(answer) as server:
        settings = Ping(url=f"{server.url}/secret{query}", **ping)
        try:
            with watched(settings, told.append) as ended:
                if error:
                    raise error
                ended(code)
        except RuntimeError:
            pass
    return server.paths, told


def well(path):
    return Answer()


@pytest.mark.parametrize(("code", "end"), [(0, ""), (3, ""), (4, "/4"), (5, "/5")])
def test_start_and_end(code, end):
    assert lived(well, code) == (["/secret/start", f"/secret{end}"], [])


def test_a_failure_is_told_too():
    assert lived(well, error=RuntimeError())[0] == ["/secret/start", "/secret/1"]


def test_a_query_stays_at_the_end():
    assert lived(well, 0, query="?x=1")[0] == ["/secret/start?x=1", "/secret?x=1"]


@pytest.mark.parametrize(("code", "paths"), [(0, ["/secret"]), (3, ["/secret"]), (5, [])])
def test_a_service_without_suffixes_hears_of_good_ends_only(code, paths):
    assert lived(well, code, suffixes=False) == (paths, [])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_method_is_the_one_that_was_asked_for(method):
    asked = []

    def ask(name, url, **_):
        asked.append(name)
        return requests.request("GET", url)

    with serve(well) as server, watched(Ping(url=server.url, method=method), print, ask) as ended:
        ended(0)
    assert asked == [method, method]


def test_a_lost_ping_is_repeated(pauses):
    answers = in_turn(Answer(), Answer(status=503), Answer())
    assert lived(answers, 0) == (["/secret/start", "/secret", "/secret"], [])
    assert pauses == [0.5]


def test_a_connection_that_is_cut_is_tried_again():
    cut, told = [requests.ConnectionError("https://example.org/secret")], []

    def ask(name, url, **others):
        if cut and not url.endswith("/start"):
            raise cut.pop()
        return requests.request(name, url, **others)

    with serve(well) as server, watched(Ping(url=server.url), told.append, ask) as ended:
        ended(0)
    assert server.paths == ["/start", "/"] and not told


def test_a_server_that_sends_a_byte_now_and_then_holds_nothing_up():
    """The deadline is one for the whole call; the headers come at once, the body never ends."""
    started = time.monotonic()
    _, told = lived(lambda path: Answer(b"x" * 1000, hang=30.0), 0, seconds=0.4)
    assert time.monotonic() - started < 2.5
    assert told == ["the dead-man's switch did not answer within 0.4 s"] * 2
    started = time.monotonic()
    assert lived(lambda path: Answer(b"x" * 1000, trickle=0.2), 0, seconds=5.0)[1] == []
    assert time.monotonic() - started < 2.5


def test_headers_that_drip_end_with_the_deadline():
    from mail_server import trickling

    told, started = [], time.monotonic()
    with trickling(0.1, b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300) as port:
        settings = Ping(url=f"http://127.0.0.1:{port}/secret", seconds=0.6, suffixes=False)
        with watched(settings, told.append) as ended:
            ended(0)
    assert time.monotonic() - started < 1.5
    assert told == ["the dead-man's switch did not answer within 0.6 s"]


def test_its_trouble_is_reported_without_the_address(pauses):
    paths, told = lived(lambda path: Answer(status=500), 0)
    assert told == ["the dead-man's switch answered 500"] * 2 and len(paths) == 6
    assert pauses == [0.5, 1.0] * 2
    paths, told = lived(lambda path: Answer(status=404), 0)
    assert told == ["the dead-man's switch answered 404"] * 2 and len(paths) == 2

    def refuse(name, url, **_):
        raise requests.ConnectionError(url)

    told = []
    with watched(Ping(url="https://example.org/secret"), told.append, refuse) as ended:
        ended(0)
    assert told == ["the dead-man's switch could not be told: ConnectionError"] * 2


def test_the_address_may_stand_elsewhere(monkeypatch):
    with serve(well) as server:
        monkeypatch.setenv("SWITCH", f"{server.url}/secret")
        told = []
        with watched(Ping(url="env:SWITCH"), told.append) as ended:
            ended(0)
        assert server.paths == ["/secret/start", "/secret"] and not told
    monkeypatch.setenv("SWITCH", "secret")
    with watched(Ping(url="env:SWITCH", suffixes=False), told.append) as ended:
        ended(0)
    assert told == ["the dead-man's switch: env:SWITCH must hold an address of the web"]


def test_a_host_that_is_no_name_is_one_line_without_the_address():
    told = []
    with watched(Ping(url="https://hc..example.org/secret", suffixes=False), told.append) as ended:
        ended(0)
    assert len(told) == 1 and told[0].startswith("the dead-man's switch could not be told: ")
    assert "secret" not in told[0]


def test_without_an_address_nobody_is_called():
    told = []
    with watched(Ping(), told.append, ask=None) as ended:
        ended(0)
    assert told == []
