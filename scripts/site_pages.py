"""Lay out the pages of the documentation site in build/pages: docs/, and what lies beside it.

Run by ``make site`` before the site is built. Links between pages are made to fit, links to files that are
no page of the site become plain words, and a Mermaid drawing becomes the picture that ``make drawing`` made.
With ``--check`` it looks, after the build, whether a built page would ask another host for anything.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from drawings import DRAWING, picture_of

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "build" / "pages"
SITE = ROOT / "build" / "site"
BESIDE = {
    "README.md": "index.md",  # what links to it finds the overview
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "data/README.md": "price_files.md",
}
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
CODE = re.compile(r"(^```.*?^```|`[^`\n]*`|^(?: {4}[^\n]*\n)+)", re.DOTALL | re.MULTILINE)


def place(source: Path) -> Path | None:
    """Return where a file of the repository lies on the site, relative to its root, or None."""
    name = source.relative_to(ROOT).as_posix()
    if name in BESIDE:
        return Path(BESIDE[name])
    inside = name.startswith("docs/") and source.is_file()
    return source.relative_to(ROOT / "docs") if inside else None


def staged(source: Path) -> str:
    """Return the text of a page of the site."""
    text = source.read_text("utf-8")
    text = DRAWING.sub(lambda found: f"![Drawing](images/{picture_of(source, found[1]).name})", text)
    here = place(source).parent
    parts = CODE.split(text)
    parts[::2] = [LINK.sub(lambda found: _link(source, here, found), part) for part in parts[::2]]
    return "".join(parts)


def _link(source: Path, here: Path, found: re.Match) -> str:
    mark, words, target, anchor = found.groups(default="")
    if not target or re.match(r"[a-z]+:", target):
        return found[0]
    there = place((source.parent / target).resolve())
    if there is None:
        return words
    return f"{mark}[{words}]({Path(os.path.relpath(there, here)).as_posix()}{anchor})"


def sources() -> list[Path]:
    """Return the Markdown files that are pages of the site."""
    beside = [ROOT / name for name in BESIDE if name != "README.md"]
    return [*sorted((ROOT / "docs").rglob("*.md")), *beside]


def loaded_from_elsewhere(text: str) -> list[str]:
    """Return the addresses on other hosts that a page loads by itself; links to follow are none."""
    tags = re.findall(r"<(?:script|img|link|iframe|source)\b[^>]*>", text)
    found = [re.search(r"\b(?:src|href)=[\"']?((?:https?:)?//[^\"' >]+)", tag) for tag in tags]
    return [match[1] for match in found if match]


def check() -> None:
    """Stop if a page of the built site loads something from another host."""
    for page in sorted(SITE.rglob("*.html")):
        strangers = loaded_from_elsewhere(page.read_text("utf-8"))
        if strangers:
            sys.exit(f"{page} loads {', '.join(strangers)}")


def main() -> None:
    """Write all pages."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(ROOT / "docs", PAGES)
    for source in sources():
        (PAGES / place(source)).write_text(staged(source), "utf-8")


if __name__ == "__main__":
    check() if sys.argv[1:] == ["--check"] else main()
