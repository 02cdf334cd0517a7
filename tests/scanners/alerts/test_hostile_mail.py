"""Whatever names, reasons, states and errors hold, a mail has the same headers and the same HTML elements."""

import email
import email.policy
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from scan_rows import DAY, asked, failed, row

from scanners.alerts.decisions import decide
from scanners.alerts.observation import Observation
from scanners.config.settings import Mail, Route, Settings
from scanners.store import Message

HARMLESS = "gold"
HOSTILE = [
    "gold\r\nBcc: evil@example.org",
    "gold\n\n<html>another body",
    "\r\n.\r\nMAIL FROM:<evil@example.org>",
    "a\u2028b\u2029c\u202egnp.exe\x00\x1b[31m\x85",
    '"><img src=x onerror="alert(1)"><a href="javascript:alert(1)">',
    "</p></h2><script>alert(1)</script><style>*{display:none}</style>",
    "{{ 7 * 7 }}{% for x in y %} &lt;script&gt; ${x}",
    "=?utf-8?q?=0D=0ABcc:=20evil@example.org?=",
    "코스닥 " + "x" * 3000,
    "\ud800\udfff",
]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
MAIL = Mail(sender="scanner@example.org", sender_name='Evil" <x@y.z>, <b>Bcc:')
ROUTE = Route(name="<b>desk</b>: a, b", recipients=("anna@example.org",), level="watch", notify=("env:CHAT",))


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = Counter()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found[(tag, *sorted(name for name, _ in attrs))] += 1


def digest(words):
    """Return the mail and the text for chats of a run in which every text is the same words."""
    gold = row("series " + words, 0.45, title=words)
    gold = replace(gold, verdict=replace(gold.verdict, reasons=(words, words), context=(words,)))
    levels = {"level": "watch", "held": "watch", "model": "systems", "state": words}
    told = {"reasons": (words,), "context": (words,)}
    state = Observation(words, words, words, DAY.date().isoformat(), **levels, **told)
    lost = Message("<1@x>", words, DAY, {"subject": words}, "dead", 1, words)
    return _decided([gold], words, more=[state], given_up=[lost], pictures={gold.name: PNG})


def notice(words):
    """Return the same of a run whose data are bad."""
    rows = [replace(failed(words + str(number)), title=words) for number in range(3)]
    bad = [replace(each, verdict=replace(each.verdict, reason=words)) for each in rows]
    return _decided(bad, words)


def _decided(rows, words, **others):
    settings = Settings(mail=MAIL, route=(ROUTE,))
    mail, chat = decide(rows, asked(watchlist=words), settings, last={}, **others).messages
    return mail, chat


@pytest.mark.parametrize("made", [digest, notice])
@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words(made, words):
    harmless, (message, chat) = _read(made(HARMLESS)[0]), made(words)
    mail = _read(message)
    assert Counter(mail.keys()) == Counter(harmless.keys()) and not mail.defects
    assert [part.get_content_type() for part in mail.walk()] == [
        part.get_content_type() for part in harmless.walk()
    ]
    assert str(mail["To"]) == "anna@example.org" and mail["From"].addresses[0].addr_spec == MAIL.sender
    assert len(mail["From"].addresses) == 1 and str(mail["Subject"]).isprintable()
    page, plain = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
    assert Elements(page).found == Elements(harmless.get_body(("html",)).get_content()).found
    harmless_lines = harmless.get_body(("plain",)).get_content().splitlines()
    for text in (plain, chat.body["text"]):
        assert len(text.splitlines()) == len(harmless_lines)
        assert all(line.isprintable() for line in text.splitlines())
    assert chat.body["subject"].isprintable() and chat.recipient == "env:CHAT"
    raw = message.body["eml"]
    assert raw.isascii() and max(map(len, raw.split("\r\n"))) <= 998
    assert "\n" not in raw.replace("\r\n", "") and "\r" not in raw.replace("\r\n", "")


def _read(message):
    return email.message_from_bytes(message.body["eml"].encode("ascii"), policy=email.policy.default)
