"""Fonts of what is drawn: the one of matplotlib, and behind it what this machine has for other scripts."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

# The first is always there; what it lacks, Chinese or Korean, one of the others draws where it is installed.
FAMILIES = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Yu Gothic",
    "Hiragino Sans",
    "IPAexGothic",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "NanumGothic",
    "Arial Unicode MS",
)


@cache
def families() -> tuple[str, ...]:
    """Return those of the families that are installed, the first always."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    return tuple(name for name in FAMILIES if name == FAMILIES[0] or name in known)


def drawable(text: str, fallback: str) -> str:
    """Return ``text`` when the fonts of this machine have all its glyphs, else ``fallback`` in ASCII."""
    if all(any(font.get_char_index(ord(character)) for font in _fonts()) for character in text):
        return text
    return fallback.encode("ascii", "replace").decode()


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line of text is at a size, both in points."""
    total = 0.0
    for character in text:
        font = next((each for each in _fonts(bold) if each.get_char_index(ord(character))), _fonts(bold)[0])
        total += _advance(font.fname, character)
    return total * size / _UNIT


@contextmanager
def quiet() -> Iterator[None]:
    """Keep matplotlib from telling on stderr that a font has one weight only."""
    log = logging.getLogger("matplotlib.font_manager")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


_UNIT = 64  # points at which glyphs are measured


@cache
def _advance(path: str, character: str) -> float:
    from matplotlib.font_manager import get_font

    font = get_font(path)
    font.set_size(_UNIT, 72)
    return font.load_char(ord(character)).linearHoriAdvance / 65536


@cache
def _fonts(bold: bool = False) -> tuple[Any, ...]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    weight = "bold" if bold else "normal"
    paths = [findfont(FontProperties(family=[name], weight=weight)) for name in families()]
    return tuple(get_font(path) for path in paths)
