"""What a user may name in place of a file: a pipe, a device, a folder, endless TOML. One line, at once."""

import os

import pytest

from scanners.core import plain_files

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
DEEP = "a = " + "[" * 3000 + "]" * 3000
PASSWORD = """
[mail]
host = "localhost"
sender = "a@b.c"
{key} = "{place}"
[[route]]
name = "desk"
recipients = ["me@b.c"]
"""


@pytest.fixture
def places(lppl, tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "deep.toml").write_text(DEEP)
    (tmp_path / "deeper.toml").write_text("a = " + "[" * 40 + "]" * 40)
    (tmp_path / "long.toml").write_text(f"[mail]\nport = {'9' * 5000}")
    (tmp_path / "latin.toml").write_bytes(b"name = '\xff'")
    return tmp_path


SPECIAL = "a pipe or a device, no ordinary file"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("config", "validate", "--config", "pipe"), f"cannot read pipe: {SPECIAL}"),
        (("config", "validate", "--config", "/dev/zero"), f"cannot read /dev/zero: {SPECIAL}"),
        (("config", "validate", "--config", "deep.toml"), "deep.toml: nested too deeply"),
        (("config", "validate", "--config", "deeper.toml"), "deeper.toml: nested too deeply"),
        (("config", "validate", "--config", "long.toml"), "long.toml: Exceeds the limit (4300 digits)"),
        (("config", "validate", "--config", "latin.toml"), "latin.toml: 'utf-8' codec can't decode"),
        (("scan", "--watchlist", "pipe"), "watchlist 'pipe' is no file and none of"),
        (("scan", "--watchlist", "deep.toml"), "deep.toml: nested too deeply"),
        (("scan", "--watchlist", "long.toml"), "long.toml: Exceeds the limit"),
        (("systems", "deep.toml"), "deep.toml: nested too deeply"),
        (("systems", "folder.toml"), "cannot read folder.toml: Is a directory"),
        (("fit", "pipe.csv"), f"pipe.csv: cannot be read ({SPECIAL})"),
        (("fetch", "--watchlist", "demo", "--database", "pipe"), f"cannot use pipe: {SPECIAL}"),
    ],
)
def test_what_is_no_file_of_ours_is_one_line(lppl, places, arguments, said):
    code, out, err = lppl(*arguments)
    assert (code, out) == (1, "") and err.startswith(f"lppl: {said}") and err.count("\n") == 1


@pytest.mark.parametrize(
    ("key", "place", "said"),
    [
        ("password_file", "pipe", f"cannot read mail.password_file pipe: {SPECIAL}"),
        ("password_file", "/dev/zero", f"cannot read mail.password_file /dev/zero: {SPECIAL}"),
        ("password_file", "large", "cannot read mail.password_file large: larger than 4096 bytes"),
        ("ca_file", "pipe", "mail.ca_file: there is no file pipe"),
    ],
)
def test_a_password_is_in_an_ordinary_file(lppl, places, key, place, said):
    (places / "large").write_bytes(b"x" * 5000)
    (places / "large").chmod(0o600)
    more = 'username = "me"\n' if key == "password_file" else ""
    text = PASSWORD.format(key=key, place=place).replace("[[route]]", f"{more}[[route]]")
    (places / "scanner.toml").write_text(text)
    code, _, err = lppl("config", "validate")
    assert code == 1 and err == f"lppl: {said}\n"


def test_a_certificate_that_is_a_pipe_keeps_the_mail_waiting(lppl, places):
    (places / "scanner.toml").write_text(PASSWORD.format(key="ca_file", place="pipe"))
    code, out, _ = lppl("alerts", "test")
    assert code == 5 and SPECIAL in out and "will be tried again" in out


def test_a_value_in_the_environment_that_is_nested_without_end_is_a_text(lppl, places, monkeypatch):
    monkeypatch.setenv("LPPL_MAIL__PORT", DEEP.removeprefix("a = "))
    code, _, err = lppl("config", "validate")
    assert code == 1 and err == "lppl: environment LPPL_MAIL__PORT: mail.port: Expected int, got str\n"


def test_a_lock_that_is_a_pipe_blocks_nothing(lppl, places):
    (places / "data").mkdir()
    os.mkfifo(places / "data" / "lppl.db.lock")
    (places / "scanner.toml").write_text("[[route]]\nname = 'desk'\nnotify = ['folder:mails']\n")
    code, _, err = lppl("alerts", "test")
    assert code == 1 and err.startswith("lppl: cannot open") and err.count("\n") == 1


def test_an_ordinary_file_is_read_whole_or_refused(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    assert plain_files.read_bytes(path, 5) == b"12345"
    with pytest.raises(OSError, match="larger than 4 bytes"):
        plain_files.read_bytes(path, 4)
    with pytest.raises(FileNotFoundError):
        plain_files.read_bytes(tmp_path / "y", 4)


def test_a_mark_before_the_first_letter_is_no_fault(lppl, tmp_path):
    """As editors on Windows write it."""
    (tmp_path / "scanner.toml").write_bytes(b"\xef\xbb\xbf[ping]\nseconds = 5\n")
    assert "ping.seconds = 5.0  # scanner.toml\n" in lppl("config", "show", "--changed")[1]
