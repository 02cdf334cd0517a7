"""No text is taken for a secret, and no SQL is put together from text."""

import ast
import re
from pathlib import Path

import pytest

from scanners.store.documents import read_document, write_document

SCANNERS = Path(__file__).resolve().parents[3] / "scanners"
LIKE_SECRETS = [
    {"password": "geheim"},
    {"names": {"token": "c0ffee", "api_key": "beef"}},  # series may be called so
    {"subject": "=?utf-8?q?critical=3A_gold?=\r\n =?utf-8?Token=E2=84=A2?="},
    {"title": "https://example.org/series?id=DGS10&api_key=geheim"},
    {"title": "smtp://me:geheim@mail.example.org"},
]


@pytest.mark.parametrize("document", LIKE_SECRETS)
def test_a_text_that_looks_like_a_secret_is_a_text(document):
    body, seal = write_document(document, "run")
    assert read_document(body, seal, Path("x.db"), "run") == document


def test_half_a_character_stops_no_run():
    body, seal = write_document({"title": "a\ud800b"}, "run")
    assert read_document(body, seal, Path("x.db"), "run") == {"title": "a?b"}


@pytest.fixture(scope="module")
def syntax():
    """Every node of the files with a word of SQL in them, with the file it is in."""
    texts = {path: path.read_text("utf-8") for path in sorted(SCANNERS.rglob("*.py"))}
    words = re.compile(r"execute|select\b|insert\b|delete\b|\bupdate\s", flags=re.IGNORECASE)
    return [
        (path.relative_to(SCANNERS).as_posix(), node)
        for path, text in texts.items()
        if words.search(text)
        for node in ast.walk(ast.parse(text))
    ]


def statement_of(node):
    """Return the SQL argument of a call of ``execute`` and its kin, else None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.args[0] if node.func.attr in ("execute", "executemany", "executescript") else None
    return None


def test_sql_is_constant_text_with_parameters(syntax):
    statements = [(place, statement_of(node)) for place, node in syntax if statement_of(node)]
    assert len(statements) > 30
    composed = (ast.JoinedStr, ast.BinOp, ast.Call)
    built = [
        f"{place}:{sql.lineno}"
        for place, sql in statements
        if any(isinstance(part, composed) for part in ast.walk(sql))
    ]
    assert built == []


def test_no_sql_is_a_formatted_string(syntax):
    sql = re.compile(r"\b(SELECT .* FROM|INSERT .*INTO|UPDATE .* SET|DELETE FROM)\b")
    built = [
        f"{place}:{node.lineno}"
        for place, node in syntax
        if isinstance(node, ast.JoinedStr) and sql.search(ast.unparse(node).upper())
    ]
    assert built == []
