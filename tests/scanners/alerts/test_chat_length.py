"""Chat services with a length limit: stand-ins that refuse as the services do; nothing is lost to them."""

import html
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scan_rows import asked, row

from scanners.alerts.channels import apprise as channel
from scanners.alerts.channels.parts import CUT, MOST, size, split
from scanners.alerts.decisions import decide
from scanners.config.settings import Route, Settings
from scanners.core.deadline import Deadline

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SUBJECT = "[lppl] critical: <Gold> & 19 more (2024-01-01)"
LINE = "series_{}: Late-stage bubble shape: C3 = 0.33 >= 0.30 <with> 26 of 26 windows & more_ Größe 国债"


class Reply:
    """What a service answers."""

    def __init__(self, status, text):
        self.status_code, self.text, self.content, self.headers = status, text, text.encode(), {}

    def json(self):
        return json.loads(self.text)


def telegram(body):
    """Count as Telegram does, tags and entities parsed away; what cannot be parsed is refused."""
    text = re.sub(r"</?(b|i|a|code|pre)\b[^<>]*>", "", body["text"])
    parsed = "<" not in text and not re.search(r"&(?!(amp|lt|gt|quot|#\d+);)", text)
    shown = html.unescape(text)
    return Reply(200 if parsed and len(shown) <= 4096 else 400, '{"ok": true, "result": {}}'), shown


def discord(body):
    return Reply(204 if len(body["content"]) <= 2000 else 400, "{}"), body["content"]


def slack(body):
    shown = html.unescape(json.dumps(body, ensure_ascii=False))
    return Reply(200 if len(shown) <= 40_000 else 400, "ok"), shown.replace("\\n", "\n").replace('\\"', '"')


def ntfy(body):
    too_large = len(body["message"].encode()) > 7800
    return Reply(413 if too_large else 200, "{}"), f"{body['title']}\n{body['message']}"


SERVICES = {
    "tgram://123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi/12345/": telegram,
    "tgram://123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi/12345/?overflow=split": telegram,
    f"discord://123456789012345678/{'a' * 68}": discord,
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general": slack,
    "ntfy://topic": ntfy,
}


@pytest.fixture(params=SERVICES, ids=lambda address: address.partition(":")[0])
def shown(request, monkeypatch):
    """Stand in for a service; give what a person sees, message by message."""
    seen = []

    def answer(session, method, url, data=None, **_):
        if method.upper() != "POST":
            return Reply(200, '{"ok": true, "result": []}')
        reply, text = SERVICES[request.param](json.loads(data))
        if reply.status_code < 300:
            seen.append(text)
        return reply

    monkeypatch.setattr("requests.Session.request", answer)
    monkeypatch.setattr("apprise.URLBase.throttle", lambda *_, **__: None)  # seconds between two messages
    monkeypatch.setenv("CHAT", request.param)
    return seen


@pytest.mark.parametrize("length", [100, 3900, 4200, 12_000])
def test_every_line_arrives_in_order(shown, length):
    lines = [LINE.format(number) for number in range(200)]
    text = "\n".join(lines)[:length]
    result = channel.push("env:CHAT", {"subject": SUBJECT, "text": text}, Deadline(20))
    assert (result.outcome, result.detail) == ("sent", "")
    everything = "\n".join(shown)
    assert [everything.find(line) >= 0 for line in text.split("\n")] == [True] * len(text.split("\n"))
    places = [everything.index(line) for line in text.split("\n")[:-1]]
    assert places == sorted(places)
    assert all("lppl" in message for message in shown)


def test_what_is_far_too_long_goes_as_a_line_a_change(shown):
    """Sixty changes of 1,200 characters each are ten parts nowhere but at Slack and ntfy."""
    rows = [row(f"s{number:02d}", 0.45, title=f"Series {number} & <co>") for number in range(60)]
    why = tuple(f"why {number} " + "x" * 290 for number in range(4))
    rows = [replace(each, verdict=replace(each.verdict, reasons=why)) for each in rows]
    settings = Settings(route=(Route(name="phone", level="watch", notify=("env:CHAT",)),))
    (message,) = decide(rows, asked(), settings, last={}).messages
    assert len(message.body["text"]) > 40_000
    assert channel.push("env:CHAT", message.body, Deadline(20)).outcome == "sent"
    everything = html.unescape("\n".join(shown))
    places = [everything.index(f"Series {number} & <co>: ") for number in range(60)]
    assert places == sorted(places) and CUT.strip() not in everything
    assert ("reasons are left out" in everything) == ("why 3" not in everything)


@given(st.text(st.sampled_from("ab \n&<国é"), max_size=900), st.integers(150, 400))
def test_parts_fit_and_make_the_text(text, limit):
    parts = split(text, limit, "title")
    assert all(size(part) <= limit - size("title") for part in parts) and len(parts) <= MOST
    whole = "".join(parts)
    assert whole == text or (parts[-1].endswith(CUT) and text.startswith(whole.removesuffix(CUT)))


def test_what_would_be_too_many_parts_is_cut_and_says_so():
    parts = split("\n".join(LINE.format(number) for number in range(2000)), 1000, SUBJECT)
    assert len(parts) == MOST and parts[-1].endswith(CUT)
    assert parts[0].startswith("series_0")


def test_a_service_for_a_line_gets_the_beginning():
    (part,) = split("word " * 100, 140, "A title of some length, as they are, really quite long for it")
    assert part.startswith("word") and size(part) <= 70


def test_no_limit_is_no_limit():
    assert split("x" * 10**6, 0, "t") == ["x" * 10**6]
