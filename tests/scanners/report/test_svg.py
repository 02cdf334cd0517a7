"""Inline pictures: every colour follows the ground, ids are unique, nothing else is lost."""

import re
from xml.etree import ElementTree

import pytest
from matplotlib import rc_context

from earlywarning.plot import style as warning_plot
from lppl.plot import style as plot_style
from scanners.report import style
from scanners.report.axes import HEADING, encode, framed_figure
from scanners.report.svg import inline


@pytest.fixture(scope="module")
def picture():
    with rc_context(style.RC):
        figure = framed_figure(3.0, '<script>"&', "warning", "sub")
        ax = figure.add_axes((0.1, 0.1, 0.8, 0.6))
        ax.plot([0, 1, 2], [0, 1.23456, 0.5], color=style.UP, label="größe")
        ax.fill_between([0, 1], 0, 1, color=style.DOWN, alpha=0.2)
        ax.imshow([[0, 1], [1, 0]], extent=(0, 1, 0, 1), aspect="auto")
        ax.legend()
    return encode(figure, ".svg")


def test_colours_become_variables_with_a_light_and_a_dark_value(picture):
    text = inline(picture, "a picture")
    assert not re.search("#[0-9a-f]{6}[;\"']", text)
    names = set(re.findall(r"var\(--([a-z-]+)\)", text))
    assert {"up", "down", "muted", "ground", "grid"} <= names
    assert names <= {name.replace(" ", "-") for name in style.PALETTE | style.LEVEL_COLOURS}


def test_heading_is_cut_and_text_stays_text(picture):
    root = ElementTree.fromstring(inline(picture, '"; onload=x <script>', crop=HEADING))
    texts = [text for text in root.itertext() if text.strip()]
    assert "größe" in texts and "sub" not in texts and '<script>"&' not in texts
    assert root.get("aria-label") == '"; onload=x <script>' and root.get("role") == "img"
    left, top, width, height = map(float, root.get("viewBox").split())
    assert (left, width) == (0, 604.8) and (top, top + height) == (HEADING * 72, 216)


def test_two_pictures_of_a_page_share_no_id_and_references_hold(picture):
    other = picture.replace(b"M ", b"M  ", 1)
    found = [inline(svg, "x") for svg in (picture, other)]
    ids = [re.findall(r' id="([^"]+)"', text) for text in found]
    assert ids[0] and not set(ids[0]) & set(ids[1])
    for text, own in zip(found, ids, strict=True):
        used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
        assert used and {a or b for a, b in used} <= set(own)
        assert 'href="data:image/png;base64,' in text


def test_smaller_and_the_same_curve(picture):
    text = inline(picture, "x")
    assert len(text) < 0.7 * len(picture)

    def points(content):
        paths = re.findall(r' d="([^"]+)"', content)
        return [[float(n) for n in re.findall(r"-?\d+\.?\d*", d)] for d in paths]

    before, after = points(picture.decode()), points(text)
    assert [len(p) for p in before] == [len(p) for p in after]
    for a, b in zip(before, after, strict=True):
        assert b == pytest.approx(a, abs=0.0501)


def test_the_libraries_draw_in_the_same_palette():
    assert (plot_style.POSITIVE, plot_style.NEGATIVE) == (style.UP, style.DOWN)
    assert (plot_style.PRICE, plot_style.CRITICAL, plot_style.FAINT) == (
        style.INK,
        style.CRITICAL_TIME,
        style.FAINT,
    )
    lights = {light for light, _ in style.PALETTE.values()}
    names = ("INK", "FAINT", "LINE", "RISE", "STABLE", "PRESENT", "BAND")
    assert {getattr(warning_plot, name) for name in names} <= lights
