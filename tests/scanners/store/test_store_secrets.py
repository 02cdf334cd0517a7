"""No secret gets into the file, and no SQL is put together from text."""

import ast
import re
from pathlib import Path

import pytest

from scanners.store.documents import write_document

SCANNERS = Path(__file__).resolve().parents[3] / "scanners"
SECRETS = [
    {"password": "geheim"},
    {"smtp": {"PASSWORD": "geheim"}},
    {"routes": [{"name": "a"}, {"auth_token": "geheim"}]},
    {"fred_api_key": "geheim"},
    {"apikey": "geheim"},
    {"client_secret": "geheim"},
    {"url": "smtp://me:geheim@mail.example.org"},
    {"requests": ["https://example.org/series?id=DGS10&api_key=geheim"]},
    {"requests": "https://example.org/series?token=geheim"},
]


@pytest.mark.parametrize("document", SECRETS)
def test_a_secret_is_refused_without_being_told(document):
    with pytest.raises(ValueError, match="document must hold no secret, got") as refusal:
        write_document(document, "run")
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize(
    "document",
    [
        {"password_env": "LPPL_SMTP_PASSWORD"},
        {"password_file": "/run/credentials/smtp"},
        {"password": None},
        {"token": ""},
        {"tokens": 4},
        {"url": "https://example.org/graph.csv?id=DGS10"},
        {"passed": "yes", "keys": "a"},
    ],
)
def test_a_reference_to_a_secret_is_none(document):
    body, _ = write_document(document, "run")
    assert body.startswith(b"{")


@pytest.fixture(scope="module")
def syntax():
    """Every node of the application with the file it is in."""
    return [
        (path.relative_to(SCANNERS).as_posix(), node)
        for path in sorted(SCANNERS.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
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
