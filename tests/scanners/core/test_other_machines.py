"""What holds on Windows, as far as it shows here: modules, functions, rights and encodings taken away."""

import ast
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import without_posix

from scanners import cli
from scanners.config import secrets
from scanners.core import processes, run_files, run_folders
from scanners.core.errors import CommandError
from scanners.report import publish

ROOT = Path(__file__).resolve().parents[3]
SOURCES = [path for room in ("lppl", "earlywarning", "scanners") for path in (ROOT / room).rglob("*.py")]
NOT_ON_WINDOWS = {"os": set(without_posix.OF_OS), "signal": set(without_posix.OF_SIGNAL)}
ALLOWED = {  # behind a look at `machine.POSIX`, or whether it is there
    "scanners/core/processes.py": {"os.kill", "os.killpg", "signal.SIGKILL"},
    "scanners/cli/home.py": {"os.getuid"},
    "lppl/_kernels/compile_lock.py": {"os.getuid"},
    "earlywarning/_kernels/compile_lock.py": {"os.getuid"},
}


def named(tree):
    """Yield what a module names of what Windows lacks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in without_posix.MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in without_posix.MODULES:
            yield node.module
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            lacking = NOT_ON_WINDOWS.get(node.value.id, ())
            yield from (f"{node.value.id}.{node.attr}" for name in lacking if name == node.attr)


def test_nothing_is_used_that_only_posix_has():
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in SOURCES}
    lacking = re.compile("|".join((*without_posix.MODULES, *NOT_ON_WINDOWS["os"], *NOT_ON_WINDOWS["signal"])))
    found = {name: set(named(ast.parse(text))) for name, text in texts.items() if lacking.search(text)}
    assert {name: names for name, names in found.items() if names} == ALLOWED
    assert all('hasattr(os, "getuid")' in texts[name] for name, of in ALLOWED.items() if "os.getuid" in of)


def run(folder, *commands, **environment):
    arguments = [[str(each) for each in command] for command in commands]
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", without_posix.__file__, json.dumps(arguments)],
        cwd=folder,
        # A cache of its own: a lock that POSIX left behind looks held to one that knows files alone.
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache"), **environment},
        capture_output=True,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in err, err
    *said, codes = out.strip().rsplit("\n", 1)
    return json.loads(codes), "".join(said), err


@pytest.mark.ci
def test_commands_run_without_posix_in_a_folder_with_blanks_and_chinese_letters(tmp_path):
    """Names that Windows refuses or keeps for devices are series here; links are not allowed."""
    folder = tmp_path / "my 市场 folder"
    (folder / "data").mkdir(parents=True)
    days = pd.bdate_range(end="2024-03-28", periods=200).strftime("%Y-%m-%d")
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, 200)))
    lines = "\n".join(
        ["date,close", *(f"{day},{close:.4f}" for day, close in zip(days, closes, strict=True))]
    )
    names = ("con", "a:b?黄金", "x" * 200)
    entries = [f"[[series]]\nname = '{name}'\nasset_class = 'commodity'\nsymbols = {{csv = '{number}'}}\n"
               for number, name in enumerate(names)]  # fmt: skip
    for number in range(len(names)):
        (folder / "data" / f"{number}.csv").write_text(lines, "utf-8")
    (folder / "watchlist.toml").write_text("\n".join(entries), "utf-8")
    (folder / "scanner.toml").write_text("[[route]]\nname = 'desk'\nnotify = ['folder:out box']\n", "utf-8")
    scan = ["scan", "--as-of", "2024-03-28", "--jobs", "1", "--pages"]
    codes, _, err = run(
        folder, ["fetch"], [*scan, "none"], [*scan, "all", "--again"], ["alerts", "test"], ["db", "check"],
        ["db", "backup", "copy.db"], ["db", "export", "csv"], ["schedule", "windows", "--write", "."],
    )  # fmt: skip
    assert codes[-6:] == [0] * 6 and set(codes[:2]) <= {0, 3, 4}, err
    made = [path.relative_to(folder / "outputs").as_posix() for path in (folder / "outputs").rglob("*")]
    assert {"latest.html", "2024-03-28/index.html"} <= set(made) and "latest" not in made
    assert sum(name.endswith(".png") for name in made) == len(names)
    for name in (part for path in made for part in path.split("/")):
        assert (
            len(name) < 90 and name.partition(".")[0] not in ("con", "aux") and not set(name) & set('<>:"|?*')
        )
    assert len(list((folder / "out box").iterdir())) == 1 and (folder / "lppl-scan.xml").is_file()


TEXT = "Größe 국채 国债 \U0001f600"


@pytest.mark.parametrize("encoding", ["gbk", "cp949", "cp1252", "latin-1", "ascii", "utf-8"])
@pytest.mark.parametrize("as_json", [True, False], ids=["json", "table"])
def test_no_console_stops_a_command(tmp_path, monkeypatch, encoding, as_json):
    monkeypatch.chdir(tmp_path)
    raw, errors = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(errors, encoding=encoding))
    command = ["lppl", "doctor", "--offline", "--database", f"{TEXT}.db", *(["--json"] if as_json else [])]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    sys.stdout.flush()
    text = raw.getvalue().decode("utf-8" if encoding == "ascii" else encoding)  # click mends ASCII
    assert stop.value.code == 0 and not errors.getvalue()
    if as_json:
        assert f"{TEXT}.db" in {check["what"] for check in json.loads(text)}
    else:
        assert "db" in text and ("国债" in text or encoding not in ("gbk", "utf-8"))


def test_messages_of_errors_reach_any_console_too(tmp_path):
    """In processes of their own: there standard error is what Python makes of it."""
    for encoding in ("gbk", "cp949"):
        done = subprocess.run(
            [sys.executable, "-m", "scanners.cli", "db", "check", "--database", f"{TEXT}.db"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        err = done.stderr.decode(encoding)
        assert done.returncode == 1 and err.startswith("lppl: ") and "Traceback" not in err


def test_an_open_file_is_waited_for_and_then_named(tmp_path, monkeypatch):
    monkeypatch.setattr(run_files, "POSIX", False)
    monkeypatch.setattr(run_files, "_PATIENCE", 0.3)
    tried, replace = [], Path.replace

    def held(self, target):
        tried.append(time.monotonic())
        if len(tried) < 4:
            raise PermissionError(13, "Access is denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    run_files.write_file(tmp_path / "a.csv", b"x")
    assert (tmp_path / "a.csv").read_bytes() == b"x" and len(tried) == 4

    def locked(self, target):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(CommandError, match=r"cannot write .*a.csv: Access is denied: is it open in another"):
        run_files.write_file(tmp_path / "a.csv", b"y")
    assert (tmp_path / "a.csv").read_bytes() == b"x" and len(list(tmp_path.iterdir())) == 1


def test_a_link_that_cannot_be_renewed_goes(tmp_path, monkeypatch):
    for name in ("2024-01-01", "2024-01-02"):
        (tmp_path / name).mkdir()
    publish.point_latest(tmp_path, "2024-01-01")
    assert (tmp_path / "latest").is_symlink()
    monkeypatch.setattr(Path, "symlink_to", without_posix.refuse)
    publish.point_latest(tmp_path, "2024-01-02")
    assert not (tmp_path / "latest").is_symlink() and (tmp_path / "latest.html").is_file()
    assert "2024-01-02" in (tmp_path / "latest.html").read_text("utf-8")


def test_leftovers_go_by_their_age_where_no_process_can_be_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "POSIX", False)
    monkeypatch.delattr(os, "kill")
    old, new = tmp_path / ".index.html-11", tmp_path / ".index.html-12"
    for path, age in ((old, 100_000), (new, 10)):
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    run_folders.remove_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [new.name]


def test_a_family_is_ended_by_the_task_list_of_windows(monkeypatch):
    asked = []
    monkeypatch.setattr(processes, "POSIX", False)
    child = subprocess.Popen([sys.executable, "-c", "import time\ntime.sleep(60)"])
    monkeypatch.setattr(subprocess, "run", lambda command, **_: asked.append(command))
    processes.end_family(child)
    assert asked == [["taskkill", "/F", "/T", "/PID", str(child.pid)]] and child.returncode is not None


def test_a_password_file_is_read_where_modes_say_nothing(tmp_path, monkeypatch):
    place = tmp_path / "password"
    place.write_text("secret\n", "utf-8")
    place.chmod(0o666)
    with pytest.raises(CommandError, match="open to everybody"):
        secrets.find_secret(f"file:{place}", {})
    monkeypatch.setattr(secrets, "POSIX", False)
    assert secrets.find_secret(f"file:{place}", {}) == "secret"


def test_folders_are_not_opened_where_they_cannot_be(tmp_path, monkeypatch):
    (tmp_path / "scan.json").write_text("{}", "utf-8")
    monkeypatch.setattr(run_files, "POSIX", False)
    opened, real = [], os.open

    def windows_open(path, flags, *others):
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied", str(path))
        opened.append(flags & os.O_RDWR)
        return real(path, flags, *others)

    monkeypatch.setattr(os, "open", windows_open)
    run_files.sync(tmp_path)
    assert opened == [os.O_RDWR]
