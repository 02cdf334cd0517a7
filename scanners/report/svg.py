"""A picture inside a page: its colours become variables of the style sheet, its heading the page's own."""

import hashlib
import re
from collections.abc import Sequence
from xml.etree import ElementTree

from markupsafe import Markup

from scanners.report.style import LEVEL_COLOURS, PALETTE

_VARIABLES = {
    light: f"var(--{name.replace(' ', '-')})" for name, (light, _) in (LEVEL_COLOURS | PALETTE).items()
}
_COLOUR = re.compile("|".join(_VARIABLES))
_NUMBER = re.compile(r"-?\d+\.\d+")
_STRAIGHT = re.compile(r"M[^MCQ]*")
_DROPPED = ("metadata", "style")
_POINT = 72  # to the inch


def inline(svg: bytes, label: str, *, crop: float = 0.0) -> Markup:
    """Return a picture of `scanners.report.axes.encode` as markup for a page.

    Parameters
    ----------
    svg : bytes
        Drawn in the light colours of the style file.
    label : str
        What it shows, for a reader who does not see it.
    crop : float
        Inches to cut off at the top, with the heading there.
    """
    root = ElementTree.fromstring(svg)
    mark = "p" + hashlib.sha256(svg).hexdigest()[:6]  # ids must differ between the pictures of a page
    _prune(root)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.text, element.tail = (element.text or "").strip() if element.tag == "text" else None, None
        for name, value in list(element.attrib.items()):
            del element.attrib[name]
            kept = _attribute(element.tag, name.rpartition("}")[2], value, mark)
            if kept is not None:
                element.set(name.rpartition("}")[2], kept)
    left, top, width, height = (float(part) for part in root.attrib["viewBox"].split())
    cut = crop * _POINT
    root.attrib.clear()
    box = f"{left:g} {top + cut:g} {width:g} {height - cut:g}"
    root.attrib.update({"viewBox": box, "role": "img", "aria-label": label})
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def polyline(values: Sequence[float], width: float, height: float) -> str:
    """Return the points of a polyline through values, no finer than it can show; empty below two values."""
    if len(values) < 2:
        return ""
    step = max(1, len(values) // (125 if width < 200 else 250))
    shown = [*values[:-1:step], values[-1]]
    low, span = min(shown), (max(shown) - min(shown)) or 1.0
    across = width / (len(shown) - 1)
    return " ".join(
        f"{i * across:.1f},{height - 2 - (value - low) / span * (height - 4):.1f}"
        for i, value in enumerate(shown)
    )


def _prune(element: ElementTree.Element) -> None:
    """Remove what a page has no use for: metadata, global style, headings, empty groups."""
    for child in list(element):
        _prune(child)
        tag = child.tag.rpartition("}")[2]
        empty = tag in ("g", "defs") and len(child) == 0
        if empty or tag in _DROPPED or child.get("id", "").startswith("heading-"):
            element.remove(child)


def _attribute(tag: str, name: str, value: str, mark: str) -> str | None:
    if name == "id":
        return None if tag in ("g", "svg") else mark + value
    if name == "href":
        return f"#{mark}{value[1:]}" if value.startswith("#") else value
    if name == "clip-path":
        return value.replace("url(#", f"url(#{mark}")
    if name == "transform" and value.startswith("rotate(-0 "):
        return None
    if name == "style":
        return _COLOUR.sub(lambda found: _VARIABLES[found[0]], value.replace("'DejaVu Sans', ", ""))
    if name in ("d", "x", "y", "transform"):
        # A tenth of a point is finer than a screen; after "M" further points are lines without saying so.
        short = _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), value)
        return " ".join(short.replace("L", "").split() if _STRAIGHT.fullmatch(short) else short.split())
    return value
