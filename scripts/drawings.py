"""Make pictures of the Mermaid drawings in docs/, for the site: docs/images/PAGE.svg.

Run ``make drawing`` after a drawing has changed. It needs npm, from which Mermaid comes, and Chromium, in
which Mermaid runs. Each picture holds a digest of the drawing it was made of, and a test compares them.
"""

import hashlib
import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
DRAWING = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGE = """<!doctype html><meta charset="utf-8"><pre class="mermaid">{drawing}</pre>
<script src="{script}"></script>
<script>mermaid.initialize({{startOnLoad: true, theme: "neutral", fontFamily: "sans-serif",
deterministicIds: true, htmlLabels: false, flowchart: {{htmlLabels: false, curve: "basis"}}}})</script>"""


def picture_of(page: Path, drawing: str) -> Path:
    """Return the picture of a page's drawing.

    Raises
    ------
    ValueError
        If it was made of another drawing.
    """
    picture = page.parent / "images" / f"{page.stem}.svg"
    if not picture.is_file() or _digest(drawing) not in picture.read_text("utf-8"):
        raise ValueError(f"{picture} is not of the drawing in {page}: run make drawing")
    return picture


def _digest(drawing: str) -> str:
    return hashlib.sha256(drawing.encode()).hexdigest()


def draw(drawing: str, script: Path) -> str:
    """Return a drawing as SVG."""
    browser = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(PAGE.format(drawing=html.escape(drawing), script=script.resolve().as_uri()), "utf-8")
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000")
        dumped = subprocess.run(
            [browser, *flags, f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    found = re.search(r"<svg.*</svg>", dumped, re.DOTALL)
    if found is None or "Syntax error" in found[0]:
        raise ValueError(f"Mermaid could not draw this:\n{drawing}")
    lean = re.sub(r' data-[a-z-]+="[^"]*"', "", found[0])  # what only an editor would use
    return re.sub(r"\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}", lean)


def main() -> None:
    """Draw every drawing; the argument is Mermaid's script."""
    for page in sorted(DOCS.glob("*.md")):
        for drawing in DRAWING.findall(page.read_text("utf-8")):
            svg = draw(drawing, Path(sys.argv[1]))
            target = page.parent / "images" / f"{page.stem}.svg"
            target.write_text(f"{svg}\n<!-- {_digest(drawing)} -->\n", "utf-8")


if __name__ == "__main__":
    main()
