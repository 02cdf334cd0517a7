"""All documents: links lead somewhere, commands exist with their options, code runs."""

import re
import shlex
from pathlib import Path

import click
import pytest

from scanners.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "data/README.md")
DOCUMENTS = [*(ROOT / name for name in BESIDE), *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PYTHON = {
    path.name: re.findall(r"^```python\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for path in (ROOT / "README.md", ROOT / "docs" / "library.md")
}


def anchors(path):
    """Return the anchors of a document's headings, spelled as GitHub does."""
    heads = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(path):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        assert found.exists(), target
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), target


def test_every_document_is_in_the_index():
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    linked = {target.partition("#")[0] for target in LINK.findall(index)}
    there = {path.name for path in (ROOT / "docs").iterdir() if path.suffix in (".md", ".ipynb")} - {
        "index.md"
    }
    assert there <= linked


def commands_of(text):
    """Yield every command line in the code blocks of a document."""
    text = re.sub(r"^```mermaid\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```(?:console|sh|bash)?\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"^(?: {4}.*\n)+", text, flags=re.MULTILINE)
    for line in "".join(f"{block}\n" for block in blocks).splitlines():
        for part in re.split(r"&&|\|(?= )", line.strip().removeprefix("$ ")):
            words = shlex.split(part, comments=True) if part.strip().startswith("lppl ") else []
            if words and words[-1] != "...":
                yield [word for word in words if word not in (">", "OPTIONS", "[OPTIONS]")]


@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if path.name != "CHANGELOG.md"], ids=lambda path: path.name
)
def test_commands_in_documents_exist_with_their_options(path):
    text = path.read_text("utf-8")
    for words in commands_of(text):
        command, rest = cli, words[1:]
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            command, name = command.get_command(click.Context(command), rest[0]), rest[0]
            assert command is not None, (words, name)
            rest = rest[1:]
        try:
            command.make_parser(click.Context(command)).parse_args(list(rest))
        except click.UsageError as error:
            pytest.fail(f"{' '.join(words)}: {error.format_message()}")
    for name in re.findall(r"`lppl ([a-z][a-z-]*)", text):
        assert name in COMMANDS, name


@pytest.mark.parametrize(
    ("name", "code"), [(name, code) for name, blocks in PYTHON.items() for code in blocks]
)
def test_python_in_documents_runs(name, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, name, "exec"), {})


def test_every_reference_has_a_title_and_where_it_stands():
    found = []
    for name in ("methods.md", "phase_portrait_and_explosive.md"):
        tail = (ROOT / "docs" / name).read_text("utf-8").partition("## References\n")[2]
        found += [" ".join(one.split()) for one in re.split(r"\n(?:\d+\.|\*) ", tail)[1:]]
    tail = (ROOT / "docs" / "engine.md").read_text("utf-8").partition("\n[1] ")[2].partition("\n\n")[0]
    found += [" ".join(one.split()) for one in re.split(r"\[\d\] ", tail)]
    assert len(found) > 25
    for one in found:
        assert re.search(r"\(\d{4}\), \*[^*]{8,}\*†?, \S.{6,}", one), one
