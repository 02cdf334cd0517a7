"""What is public has a type for editors and type checkers, a home that exists, and a name of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import earlywarning
import lppl
import scanners.store

ROOT = Path(__file__).resolve().parents[1]
LIBRARIES = (lppl, earlywarning)


@pytest.mark.parametrize("package", [*LIBRARIES, scanners, scanners.store])
def test_every_name_of_a_stub_loads(package):
    stub = Path(package.__file__).with_suffix(".pyi").read_text("utf-8")
    names = re.findall(r"^from \.[\w.]* import (\w+) as \1$", stub, flags=re.MULTILINE)
    assert len(names) == len(stub.splitlines())
    assert sorted(names) == package.__all__ == dir(package)
    assert all(getattr(package, name) is not None for name in names)
    with pytest.raises(AttributeError):
        _ = package.nothing_of_this_name


def test_a_package_loads_nothing_heavy_before_a_name_is_used():
    code = "import sys, lppl, earlywarning, scanners, scanners.store; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"numpy", "numba", "pandas", "scipy", "matplotlib", "sqlite3"} & set(loaded.split())


@pytest.mark.parametrize("package", LIBRARIES)
def test_no_module_or_folder_is_named_like_a_public_function(package):
    root = Path(package.__file__).parent
    places = [*root.rglob("*.py"), *(path for path in root.rglob("*") if path.is_dir())]
    functions = {name for name in package.__all__ if callable(getattr(package, name))}
    assert not functions & {path.stem for path in places}


@pytest.mark.ci
def test_a_type_checker_sees_the_type_of_every_public_name(tmp_path):
    names = [f"{package.__name__}.{name}" for package in LIBRARIES for name in package.__all__]
    lines = ["import earlywarning", "import lppl", *(f"reveal_type({name})" for name in names)]
    lines += ["x: str = lppl.fit([1.0, 2.0]).tc", "lppl.nothing_of_this_name"]
    program = tmp_path / "program.py"
    program.write_text("\n".join(lines), "utf-8")
    # The configuration and cache of the linter: with others everything would be checked anew.
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", str(program)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    revealed = re.findall(r'note: Revealed type is "(.+)"', said)
    assert len(revealed) == len(names), said
    assert [name for name, kind in zip(names, revealed, strict=True) if kind == "Any"] == []
    errors = re.findall(r"error: .+\[([\w-]+)\]", said)
    assert errors == ["assignment", "attr-defined"], said
