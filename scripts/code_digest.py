"""A digest of the code that a script runs: its own text and that of every module of the project it can reach.

Comments, docstrings and imports do not count, nor where a statement stands, nor what only draws or waits: a
table is as old as the arithmetic behind it.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("lppl", "earlywarning", "scanners")
NO_ARITHMETIC = ("plot", "compile_lock", "disk_cache")


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
            waiting += _imported(path)
    return sorted(found)


def bare(path: Path) -> list[str]:
    """Return a file's statements without comments, docstrings, imports and blank lines."""
    return _bare(path.read_text("utf-8"))


@cache  # most tables reach the same files
def _bare(text: str) -> list[str]:
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


def _imported(path: Path) -> list[Path]:
    modules, used = _named(path.read_text("utf-8"))
    names = modules | {_home(package, name) for package, name in used}
    beside = {one.split(".")[0] for one in names} if path.parent == ROOT / "scripts" else set()
    ours = (one for one in names if one.split(".")[0] in PACKAGES)
    counted = (one for one in ours if not {*one.split(".")} & {*NO_ARITHMETIC})
    found = [_file(one) for one in counted] + [path.parent / f"{one}.py" for one in beside]
    return [one for one in found if one is not None and one.is_file()]


@cache
def _named(text: str) -> tuple[set[str], set[tuple[str, str]]]:
    """Return the modules that a file imports, and the public names of packages that it uses."""
    names: set[str] = set()
    used: set[tuple[str, str]] = set()
    public: dict[str, str] = {}
    attributes = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{one.name}" for one in node.names)
            used.update((node.module, one.name) for one in node.names if node.module in PACKAGES)
        elif isinstance(node, ast.Import):
            names.update(one.name for one in node.names)
            public.update({one.asname or one.name: one.name for one in node.names if one.name in PACKAGES})
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            attributes.append((node.value.id, node.attr))
    return names, used | {(public[name], attribute) for name, attribute in attributes if name in public}


def _home(package: str, name: str) -> str:
    """Return the module that a public name of a package comes from, by the stub beside its ``__init__``."""
    stub = ROOT / package / "__init__.pyi"
    home = _homes(stub.read_text("utf-8")).get(name) if stub.is_file() else None
    return f"{package}.{home or name}"


@cache
def _homes(stub: str) -> dict[str, str]:
    found = [node for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom)]
    return {one.name: node.module or one.name for node in reversed(found) for one in node.names}


def _file(module: str) -> Path | None:
    """Return the file of a module or package of the project."""
    place = ROOT.joinpath(*module.split("."))
    return next((one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()), None)
