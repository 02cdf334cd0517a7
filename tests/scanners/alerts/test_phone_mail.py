"""A mail at seven on a phone: what changed first, cards of four lines, links, the rest below a fold."""

import email
import email.policy
from dataclasses import replace
from datetime import timedelta
from html import unescape

import msgspec
import pytest
import webdriver
from scan_rows import DAY, STRETCHED, asked, falls, row

from scanners.alerts.decisions import decide
from scanners.alerts.digest import FOLD
from scanners.alerts.pages import pages_of
from scanners.config.settings import Mail, Report, Route, Settings
from scanners.core.file_names import phone_file, picture_file
from scanners.core.run_files import Pictures
from scanners.evidence.moves import Moves
from scanners.service.commit import decided, finish
from scanners.service.options import Options
from scanners.service.outcome import Outcome
from scanners.store import Store

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
MAIL = Mail(sender="scanner@example.org")
ROUTE = Route(name="desk", recipients=("anna@example.org",), level="watch", risk="raised")
URL = "https://desk.example.org/lppl/"
PAGE = b'<a href="series/gold.html">Gold</a> <a href="../index.html">All runs</a>'


def settings(**mail):
    return Settings(mail=msgspec.structs.replace(MAIL, **mail), route=(ROUTE,), report=Report(url=URL))


def rows():
    gold = row("gold", 0.45, title="Gold", falls=falls(0.25, 0.1))
    data = replace(gold.evidence.data, moves=Moves(-0.0125, 0.031, None))
    gold = replace(gold, evidence=replace(gold.evidence, data=data))
    return [row("wti", momentum=STRETCHED, title="Crude oil"), gold, row("sp500", title="S&P 500")]


def mail_of(found, settings, **others):
    (message,) = decide(found, asked(), settings, last={}, **others).messages
    return email.message_from_bytes(message.body["eml"].encode("ascii"), policy=email.policy.default)


def bodies(mail):
    plain, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return plain.replace("\r\n", "\n"), page.replace("\r\n", "\n")


def test_what_changed_comes_first_then_cards_then_the_fold_and_both_bodies_say_it():
    pages = pages_of(URL, "2024-01-01", {"gold": "series/gold.html"})
    mail = mail_of(rows(), settings(), pages=pages, pictures={"gold": PNG})
    changed = "new critical: Gold; risk now high: Gold; new watch: Crude oil"
    assert mail["Subject"] == f"[lppl] {changed} (2024-01-01)" and "Subject: [lppl]" in mail.as_string()
    plain, page = bodies(mail)
    above, _, below = plain.partition(FOLD)
    first, gold, risk, oil, whole = above.strip().split("\n\n")
    assert first == "New critical: Gold; risk now high: Gold; new watch: Crude oil."
    head, lead, moves, chance, link = gold.splitlines()
    assert head == "CRITICAL  Gold: new, upward; risk of a fall high"
    assert (
        lead.startswith("  Critical") and "a fall of 20% within six months has a chance of 25 in 100" in lead
    )
    assert moves == "  Close 5,048.62: day −1.2%, week +3.1%."
    assert chance.startswith("  Chance in 100 of a fall of 10% (usual): 25 (10) in 3 months")
    assert link == "  https://desk.example.org/lppl/2024-01-01/series/gold.html"
    assert risk == "RISK HIGH  Gold: new, fall"
    assert len(oil.splitlines()) == 3 and "series" not in oil and "2024-01-01/index.html" in whole
    assert "C3 = 0.45 >= 0.30" in below and "alert since 2024-01-01" in below and "C3 =" not in above
    start, _, end = page.partition("Below: why, and how it is known")
    for line in [*above.split("\n"), *below.split("\n")]:
        words = line.strip().removeprefix("The whole page: ").partition("  ")[2] or line.strip()
        part = start if line in above else end
        assert words.removeprefix("The whole page: ") in unescape(part).replace("</strong>", ""), line
    assert page.count("cid:") == 1 and "<script" not in page and "Open the page of the day" in page


def test_what_is_over_and_what_is_told_again_are_in_the_subject(tmp_path):
    told = []
    with Store.open(tmp_path / "lppl.db", write=True) as store:
        for day in range(31):
            moment = DAY + timedelta(days=day)
            later = [
                row("wti", moment=moment, title="Crude oil"),
                row("gold", 0.45, moment=moment, title="Gold"),
            ]
            outcome = Outcome(asked(moment), later if day else rows(), manifest={"data": day})
            decision = finish(store, outcome, Options(settings()))
            told += [message.body["subject"].removeprefix("[lppl] ") for message in decision.messages]
    assert told[1:] == [
        "over: Crude oil (2024-01-06)",
        "still critical: Gold (2024-01-29)",
    ]


def test_the_page_is_attached_where_it_is_wanted_and_its_links_lead_out_of_the_mail():
    def attached(most, base=URL):
        pages = pages_of(base, "2024-01-01", {}, PAGE)
        mail = mail_of(rows(), settings(page_bytes=most), pages=pages)
        assert mail.as_bytes() == mail_of(rows(), settings(page_bytes=most), pages=pages).as_bytes()
        assert not mail.defects and mail.get_body(("plain",)) is not None
        return list(mail.iter_attachments()), bodies(mail)[0]

    (page,), text = attached(1000)
    assert page.get_filename() == "lppl-2024-01-01.html" and "not attached" not in text
    assert page.get_content_type() == "text/html"
    assert 'href="https://desk.example.org/lppl/2024-01-01/series/gold.html"' in page.get_content()
    (page,), _ = attached(1000, "")
    assert "<a>Gold</a>" in page.get_content()
    none, text = attached(len(PAGE) - 1)
    assert none == [] and "The page is not attached: it is too large for a mail." in text


def test_links_are_those_of_the_pages_that_a_run_left(tmp_path):
    (tmp_path / "series").mkdir()
    (tmp_path / "series" / "gold.html").write_text("x")
    (tmp_path / "index.html").write_bytes(PAGE)
    outcome = Outcome(asked(), rows(), folder=tmp_path, manifest={"data": 1})
    (message,) = decided(None, outcome, settings(page_bytes=10_000)).messages
    mail = email.message_from_bytes(message.body["eml"].encode("ascii"), policy=email.policy.default)
    text = bodies(mail)[0]
    assert text.count(f"{URL}2024-01-01/series/") == 1 and f"{URL}2024-01-01/series/gold.html" in text
    assert [part.get_filename() for part in mail.iter_attachments()] == ["lppl-2024-01-01.html"]
    beside = replace(outcome, place="2024-01-01/other")
    (message,) = decided(None, beside, settings(page_bytes=10_000)).messages
    assert "2024-01-01/other/series/gold.html" in message.body["eml"]
    assert "filename" not in message.body["without_pictures"]
    (message,) = decided(None, outcome, msgspec.structs.replace(settings(), report=Report())).messages
    assert "https:" not in message.body["eml"]


def test_the_picture_for_a_phone_comes_first(tmp_path):
    (tmp_path / picture_file("gold")).write_bytes(b"wide")
    (tmp_path / picture_file("wti")).write_bytes(b"wide")
    (tmp_path / "phone").mkdir()
    (tmp_path / phone_file("gold")).write_bytes(b"phone")
    assert dict(Pictures(tmp_path, rows())) == {"gold": b"phone", "wti": b"wide"}


@pytest.mark.parametrize(
    "url",
    ["desk.example.org", "javascript:alert(1)", "https://a:b@c.de/", "https://a.b/?x=1", "https://a.b/#x",
     'https://a.b/"><script>', "https://a.b/ c", "https://", "ftp://a.b", "https://a.b/\n"],
)  # fmt: skip
def test_an_address_that_is_no_plain_one_is_refused(url):
    with pytest.raises(msgspec.ValidationError, match="url"):
        msgspec.convert({"url": url}, Report)
    for good in ("", URL, "http://localhost:8000", "file:///srv/outputs"):
        assert msgspec.convert({"url": good}, Report).url == good


@pytest.mark.ci
@pytest.mark.skipif(bool(webdriver.missing()), reason=webdriver.missing() or "there is a browser")
def test_a_phone_reads_it_without_sideways_scrolling_in_light_and_in_dark(tmp_path, browser):
    pages = pages_of(URL, "2024-01-01", {"gold": "series/gold.html"})
    mail = mail_of(rows(), settings(), pages=pages, pictures={"gold": PNG})
    (tmp_path / "mail.html").write_text(bodies(mail)[1], "utf-8")
    for width in (390, 600):
        size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": False}
        browser.command("Emulation.setDeviceMetricsOverride", **size)
        for scheme in ("light", "dark"):
            wanted = [{"name": "prefers-color-scheme", "value": scheme}]
            browser.command("Emulation.setEmulatedMedia", features=wanted)
            browser.go((tmp_path / "mail.html").as_uri())
            assert browser.run("return document.documentElement.scrollWidth") <= width
            texts, lowest, where = browser.run(webdriver.CONTRAST)
            assert texts > 20 and lowest >= 4.5, f"{scheme} {width}: {where!r} {lowest:.2f}"
            small = browser.run(
                "return Math.min(...[...document.querySelectorAll('td')].map("
                "td => parseFloat(getComputedStyle(td).fontSize)))"
            )
            assert small >= 13
