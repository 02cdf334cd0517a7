"""Sheets of A4, drawn from the top down: lines of text that wrap, tables, a picture; no browser is needed."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D

from scanners.report import fonts, style
from scanners.report.axes import in_days, new_figure, price_axis

WIDTH, HEIGHT, MARGIN = 8.27, 11.69, 0.55  # inches: A4
INNER = WIDTH - 2 * MARGIN
BOTTOM = HEIGHT - MARGIN - 0.2  # where the text of a sheet ends; the line at its foot is below
_LEADING, _ROW = 1.36, 1.55  # of a line of text and of a row of a table, in its size
_POINTS = 72.0


class Page:
    """One sheet; ``y`` is how far down it has got, in inches."""

    def __init__(self) -> None:
        self.figure: Figure = new_figure(WIDTH, HEIGHT)
        self.y = MARGIN

    @property
    def left(self) -> float:
        """Inches that are left."""
        return BOTTOM - self.y

    def text(
        self, said: str, size: float = 9, *, bold: bool = False, colour: str = style.INK, most: int = 99
    ) -> None:
        """Write a paragraph over the whole width; no more than so many lines of it."""
        for line in wrapped(said, size, INNER, bold=bold, most=most):
            self.word(line, MARGIN, size, bold=bold, colour=colour)
            self.y += size * _LEADING / _POINTS

    def word(
        self,
        said: str,
        x: float,
        size: float,
        *,
        bold: bool = False,
        colour: str = style.INK,
        right: bool = False,
    ) -> None:
        """Write one line at ``x`` inches, or up to it; the place below stays."""
        self.figure.text(
            x / WIDTH,
            1 - (self.y + size / _POINTS) / HEIGHT,
            said,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=colour,
            ha="right" if right else "left",
            va="baseline",
            parse_math=False,
        )

    def skip(self, inches: float) -> None:
        """Leave some room."""
        self.y += inches

    def rule(self) -> None:
        """Draw a thin line over the whole width."""
        y = 1 - self.y / HEIGHT
        line = Line2D([MARGIN / WIDTH, 1 - MARGIN / WIDTH], [y, y], color=style.FAINT, linewidth=0.6)
        self.figure.add_artist(line)

    def row(
        self, cells: Sequence[str], places: Sequence[tuple[float, bool]], size: float, **how: Any
    ) -> None:
        """Write the cells of a table's row, each at its place: inches, and whether it ends there."""
        for said, (x, right) in zip(cells, places, strict=True):
            self.word(said, x, size, right=right, **how)
        self.y += size * _ROW / _POINTS

    def picture(self, png: bytes, height: float, crop: float = 0.0) -> None:
        """Place a picture, its upper ``crop`` inches left out, as large as the width and ``height`` allow.

        Raises
        ------
        OSError
            If it is no picture.
        """
        pixels = imread(io.BytesIO(png))[int(crop * style.RC["savefig.dpi"]) :]
        wide = min(INNER, height * pixels.shape[1] / pixels.shape[0])
        tall = wide * pixels.shape[0] / pixels.shape[1]
        ax = self.figure.add_axes(
            ((WIDTH - wide) / 2 / WIDTH, 1 - (self.y + tall) / HEIGHT, wide / WIDTH, tall / HEIGHT)
        )
        ax.imshow(pixels, aspect="auto", interpolation="none")
        ax.set_axis_off()
        self.y += tall

    def prices(self, closes: pd.Series, height: float) -> None:
        """Draw closes on a log axis over the whole width."""
        ax = self.figure.add_axes(
            (
                (MARGIN + 0.5) / WIDTH,
                1 - (self.y + height - 0.3) / HEIGHT,
                (INNER - 0.5) / WIDTH,
                (height - 0.4) / HEIGHT,
            )
        )
        price_axis(ax, closes.to_numpy(), headroom=0.06)
        ax.plot(in_days(closes.index), closes.to_numpy(), color=style.INK, linewidth=1.0)
        self.y += height

    def foot(self, left: str, right: str) -> None:
        """Write the line at the foot of the sheet."""
        self.y = HEIGHT - MARGIN - 0.1
        self.word(clipped(left, 7, INNER - 1.2), MARGIN, 7, colour=style.MUTED)
        self.word(right, WIDTH - MARGIN, 7, colour=style.MUTED, right=True)


def wrapped(said: str, size: float, inches: float, *, bold: bool = False, most: int = 99) -> list[str]:
    """Return a text in lines that are no wider than so many inches; what is too much ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in _words(said, size, inches, bold):
        longer = f"{line} {word}".strip()
        if line and fonts.width(longer, size, bold=bold) > inches * _POINTS:
            lines.append(line)
            longer = word
        line = longer
    lines += [line] if line else []
    if len(lines) > most:
        lines = [*lines[: most - 1], clipped(" ".join(lines[most - 1 :]), size, inches, bold=bold)]
    return lines


def clipped(said: str, size: float, inches: float, *, bold: bool = False) -> str:
    """Return a line that is no wider than so many inches."""
    if fonts.width(said, size, bold=bold) <= inches * _POINTS:
        return said
    while said and fonts.width(f"{said}…", size, bold=bold) > inches * _POINTS:
        said = said[:-1]
    return f"{said.rstrip()}…"


def _words(said: str, size: float, inches: float, bold: bool) -> Iterator[str]:
    """Yield words, those that no line can hold in parts."""
    for word in said.split():
        part = ""
        for character in word:
            if part and fonts.width(part + character, size, bold=bold) > inches * _POINTS:
                yield part
                part = ""
            part += character
        yield part


def to_pdf(pages: Iterator[Page], title: str) -> bytes:
    """Return sheets as a PDF file: text that can be searched, the same bytes for the same sheets."""
    content = io.BytesIO()
    about = {"Title": title, "Creator": "lppl-scanner", "CreationDate": None}
    settings = {**style.RC, "font.family": list(fonts.families()), "pdf.fonttype": 42}
    with fonts.quiet(), rc_context(settings), PdfPages(content, metadata=about) as file:
        for page in pages:
            page.figure.savefig(file, format="pdf")
    return content.getvalue()
