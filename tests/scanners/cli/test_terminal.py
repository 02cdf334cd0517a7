"""The terminal: tables that fit, colours only where they are wanted, and an end without a traceback."""

import fcntl
import io
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress

import pytest
from rich.cells import cell_len
from rich.console import Console

from scanners.cli import OUTPUT_CUT
from scanners.cli.terminal import progress
from scanners.cli.terminal.grid import Column, fitted, name_of

LPPL = (sys.executable, "-m", "scanners.cli")
QUICK = ("doctor", "--offline")  # prints a table with colours and computes nothing
SCRIPT = """
from types import SimpleNamespace
from scanners.cli.terminal import price_tables, tables
found = [SimpleNamespace(result="problem", what="data/", detail="cannot be written")]
tables.console().print(price_tables.checks(found, 80))
"""
TABLE = (sys.executable, "-c", SCRIPT)  # the same table, without loading what the doctor looks at
LONG = ("confidence", "nasdaq", "--from", "1996-01-01")  # a minute of work
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")

COLUMNS = (
    Column("series"),
    Column("level"),
    Column("share", right=True),
    Column("early\nwarning", right=True),
    Column("found", wraps=True),
    Column("last bar"),
)
NAMES = ("nasdaq", "30年国债期货主力连续合约" * 3, "x" * 120, "[bold]tag[/bold]", "two\nlines\x1b[2J")
ROWS = [
    [name_of(name), "warning", "0.33", "0.29", "prices without a logarithm: -36.98", "2000-03-10"]
    for name in NAMES
]


def printed(width, spare=("last bar", "share")):
    text = io.StringIO()
    console = Console(file=text, width=width)
    console.print(fitted(COLUMNS, ROWS, width, spare=spare))
    return text.getvalue()


@pytest.mark.parametrize("width", range(30, 161, 10))
def test_at_every_width_each_cell_is_whole_or_its_column_is_named_as_missing(width):
    out = printed(width)
    assert max(cell_len(line.rstrip()) for line in out.splitlines()) <= width
    assert not CONTROL.search(out)
    squeezed = re.sub(r"\s", "", out)
    missing = re.search(r"not shown in \d+ columns: (.*)", out)
    left_out = missing[1].split(", ") if missing else []
    for i, column in enumerate(COLUMNS):
        if " ".join(column.name.split()) in left_out:
            continue
        for row in ROWS:
            cell = row[i] if isinstance(row[i], str) else row[i].plain
            characters = re.sub(r"\s", "", cell)
            # A cell that wraps stands in one column of several lines: look for its characters in order.
            assert all(re.search(re.escape(part), squeezed) for part in (characters[:9], characters[-2:]))
    assert "…" not in out


def test_columns_go_in_the_stated_order_and_then_the_table_becomes_a_list():
    said = [re.search(r"not shown in \d+ columns: (.*)", printed(width)) for width in range(150, 20, -1)]
    seen = list(dict.fromkeys(match[1] if match else None for match in said))
    assert seen == [None, "last bar", "share, last bar"] or seen == [
        None,
        "last bar",
        "share, last bar",
        None,
    ]
    narrow = printed(40)
    assert "not shown" not in narrow
    for words in ("warning", "0.33", "early warning  0.29", "last bar", "2000-03-10"):
        assert words in narrow


def bare():
    """Return the environment without what speaks about terminals."""
    said = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
    return {key: value for key, value in os.environ.items() if key not in said}


def in_terminal(*arguments, columns=80, **environment):
    """Run a program on a pseudo-terminal; return exit code and all that it shows."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        arguments,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=bare() | {"TERM": "xterm-256color"} | environment,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(leader)
    return process.wait(), shown.decode()


def piped(*arguments, **environment):
    return subprocess.run(arguments, capture_output=True, text=True, env=bare() | environment)


@pytest.mark.ci
def test_colours_on_a_terminal_and_in_a_pipe_only_when_forced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, shown = in_terminal(*LPPL, *QUICK, columns=40)
    assert code == 0 and COLOUR.search(shown)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(cell_len, lines)) <= 40 and "kernel cache" in shown
    code, shown = in_terminal(*TABLE, NO_COLOR="1")
    assert code == 0 and "problem" in shown and not COLOUR.search(shown)
    plain = piped(*TABLE)
    assert plain.returncode == 0 and "problem" in plain.stdout
    assert not CONTROL.search(plain.stdout) and plain.stderr == ""
    forced = piped(*TABLE, FORCE_COLOR="1")
    assert COLOUR.search(forced.stdout) and forced.stderr == ""
    assert re.sub(r"\x1b\[[0-9;]*m", "", forced.stdout) == plain.stdout


@pytest.mark.parametrize("arguments", [pytest.param(QUICK, marks=pytest.mark.ci), ("config", "show")])
def test_a_reader_that_leaves_early_costs_no_traceback(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*LPPL, *arguments], stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (done.returncode, done.stderr) == (OUTPUT_CUT, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open("/dev/full", "w") as full:
        done = subprocess.run([*LPPL, "config", "show"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("lppl: the output cannot be written: ")


def test_ctrl_c_ends_with_130_and_one_word():
    # A shell gives what it starts in the background an interrupt that is ignored, and so down to here.
    process = subprocess.Popen(
        [*LPPL, *LONG],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        time.sleep(1.5)
        assert process.poll() is None, process.stderr.read()
        for _ in range(30):  # inside a kernel's compilation Python drops an interrupt: people press again
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                out, err = process.communicate(timeout=1)
                break
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    # Where the interrupt meets code compiled from text, the interpreter ends itself by the signal:
    # to a shell that is 130, too.
    assert process.returncode in (130, -signal.SIGINT)
    assert out == "" and err.split()[-1] == "aborted"


class Terminal(io.StringIO):
    """A terminal, as far as a bar looks."""

    def isatty(self):
        return True


def test_progress_shows_the_time_left_of_long_work_alone(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress(3) as follow:
        assert list(follow(iter("abc"))) == ["a", "b", "c"]
    with progress.waiting("fitting"):
        pass
    assert terminal.getvalue() == ""
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    with progress.progress(40) as follow:
        for _ in follow(range(40)):
            time.sleep(0.02)
    shown = terminal.getvalue()
    assert "scanning" in shown and re.search(r"\d+/40", shown) and re.search(r"00:0\d", shown)
    with progress.counter("fitting") as advance:
        for done in range(20):
            advance(done, 20)
            time.sleep(0.02)
    assert re.search(r"fitting.*\d+/20", terminal.getvalue())


def test_no_progress_off_a_terminal_even_when_colour_is_forced(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress.progress(3) as follow:
        for _ in follow(range(3)):
            time.sleep(0.05)
    assert capsys.readouterr() == ("", "")


def test_skill_tables_are_tables_in_a_terminal_and_markdown_in_a_pipe():
    from scanners.cli.terminal import skill_tables
    from scanners.past.skill.tables import TextTable

    made = [
        TextTable("The levels", ("level", "major top in 60"), (("critical", "2/9 = 22%"), ("watch", "1/9")))
    ]
    text = io.StringIO()
    console = Console(file=text, width=60, force_terminal=True, color_system=None)
    for part in skill_tables.parts(made, 60):
        console.print(part)
    assert "critical  2/9 = 22%" in text.getvalue() and "|" not in text.getvalue()
    assert "| critical | 2/9 = 22% |" in "".join(skill_tables.markdown(made))
