"""A digest of the code that a script runs: its own text and that of every module of the project it can reach.

Comments, docstrings and imports do not count, nor where a statement stands, nor what only draws or waits: a
table is as old as the arithmetic behind it.
"""

import ast
import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("lppl", "earlywarning", "scanners")
NO_ARITHMETIC = ("plot", "compile_lock")


def code_digest(*scripts: str) -> str:
    """Return the digest of scripts, given as paths from the root of the project."""
    texts = sorted(text for path in reached(*scripts) for text in bare(path))
    return hashlib.sha256("\n\n".join(texts).encode()).hexdigest()[:16]


def reached(*scripts: str) -> list[Path]:
    """Return the files of the project that scripts reach, themselves included, in order of their paths."""
    found: set[Path] = set()
    waiting = [ROOT / script for script in scripts]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(ast.parse(path.read_text("utf-8")), path)
    return sorted(found)


def bare(path: Path) -> list[str]:
    """Return a file's statements without comments, docstrings, imports and blank lines."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    dropped: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and ast.get_docstring(node) is not None
        ):
            dropped.update(range(body[0].lineno, body[0].end_lineno + 1))
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            dropped.update(range(node.lineno, node.end_lineno + 1))
    lines = text.splitlines()
    found = []
    for node in tree.body:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        numbers = (number for number in range(first, node.end_lineno + 1) if number not in dropped)
        kept = (lines[number - 1].rstrip() for number in numbers)
        found.append("\n".join(line for line in kept if line and not line.lstrip().startswith("#")))
    return [one for one in found if one]


def _imported(tree: ast.Module, path: Path) -> list[Path]:
    names: set[str] = set()
    public: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Import):
            names.update(one.name for one in node.names)
            public.update({one.asname or one.name: one.name for one in node.names if one.name in PACKAGES})
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in public:
            names.add(_home(public[node.value.id], node.attr))
    beside = {one.split(".")[0] for one in names} if path.parent == ROOT / "scripts" else set()
    ours = (one for one in names if one.split(".")[0] in PACKAGES)
    counted = (one for one in ours if not {*one.split(".")} & {*NO_ARITHMETIC})
    found = [_file(one) for one in counted] + [path.parent / f"{one}.py" for one in beside]
    return [one for one in found if one is not None and one.is_file()]


def _home(package: str, name: str) -> str:
    """Return the module that a public name of a package comes from, by the stub beside its ``__init__``."""
    stub = ROOT / package / "__init__.pyi"
    if stub.is_file():
        for node in ast.parse(stub.read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and any(one.name == name for one in node.names):
                return f"{package}.{node.module or name}"
    return f"{package}.{name}"


def _file(module: str) -> Path | None:
    """Return the file of a module or package of the project."""
    place = ROOT.joinpath(*module.split("."))
    return next((one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()), None)
