"""Addresses and secrets: plain or refused, found where the configuration says, and never shown."""

import json

import pytest
from own_settings import GOOD, write

from scanners.config.secrets import find_password
from scanners.config.settings import Mail, check_address
from scanners.core.errors import CommandError

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.mark.parametrize("address", ["a@b", "first.last+tag@mail.example.org", "o'neil@x.y"])
def test_plain_addresses_pass(address):
    assert check_address("sender", address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b\r\nRCPT TO:<x@y>",
        "<a@b>",
        "a..b@c",
        ".a@c",
        "a.@c",
        "ä@b",
        "a@-b",
    ],
)
def test_anything_else_is_no_address(address):
    with pytest.raises(ValueError, match="must be plain addresses"):
        check_address("sender", address)


class TestPassword:
    def test_from_the_environment(self):
        assert find_password(Mail(), {"LPPL_SMTP_PASSWORD": "s3 cret"}) == "s3 cret"
        assert find_password(Mail(password_env="OTHER"), {"OTHER": "x"}) == "x"

    def test_from_a_file_without_its_line_end(self, tmp_path):
        path = tmp_path / "password"
        path.write_text("s3cret\n")
        path.chmod(0o600)
        assert find_password(Mail(password_file=str(path)), {}) == "s3cret"

    def test_from_a_systemd_credential(self, tmp_path):
        (tmp_path / "smtp").write_text("s3cret")
        (tmp_path / "smtp").chmod(0o400)
        mail = Mail(password_credential="smtp")
        assert find_password(mail, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "s3cret"
        with pytest.raises(CommandError, match="LoadCredential"):
            find_password(mail, {})

    @pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff\xfe", b"x" * 5000])
    def test_a_file_that_holds_no_password_is_refused_without_its_content(self, tmp_path, content):
        path = tmp_path / "password"
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(CommandError, match=r"must hold|larger than 4096 bytes"):
            find_password(Mail(password_file=str(path)), {})

    def test_a_file_open_to_everybody_is_refused(self, tmp_path):
        path = tmp_path / "password"
        path.write_text("s3cret")
        path.chmod(0o644)
        with pytest.raises(CommandError, match="chmod 600") as refused:
            find_password(Mail(password_file=str(path)), {})
        assert "s3cret" not in str(refused.value)

    def test_a_missing_one_is_named(self):
        with pytest.raises(CommandError, match="LPPL_SMTP_PASSWORD"):
            find_password(Mail(), {})
        with pytest.raises(CommandError, match="No such file"):
            find_password(Mail(password_file="/nowhere/x"), {})


def test_validate_looks_for_the_password_too(lppl, empty_folder, monkeypatch):
    write(empty_folder, GOOD.replace("[policy]", "username = 'me'\n[policy]", 1))
    monkeypatch.delenv("LPPL_SMTP_PASSWORD", raising=False)
    assert lppl("config", "validate")[0] == 1
    monkeypatch.setenv("LPPL_SMTP_PASSWORD", "s3cret")
    code, out, _ = lppl("config", "validate")
    assert (code, out) == (0, "the configuration is valid\n")
    assert "s3cret" not in lppl("config", "show")[1]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hc-ping.com/hunter2", "https://hc-ping.com/***"),
        ("https://me:hunter2@kuma.example.org:3001/api/push/x?msg=OK", "https://kuma.example.org:3001/***"),
        ("https://hunter2@example.org", "https://example.org/***"),
        ("https://example.org?token=hunter2", "https://example.org/***"),
    ],
)
def test_the_address_of_the_switch_is_a_secret(empty_folder, lppl, url, shown):
    write(empty_folder, f"[ping]\nurl = '{url}'")
    code, out, _ = lppl("config", "show", "--changed")
    assert (code, out) == (0, f'# ping.url = "{shown}"  # scanner.toml\n')
    _, out, _ = lppl("config", "show", "--json")
    assert json.loads(out)["ping.url"]["value"] == shown and "hunter2" not in out
    write(empty_folder, lppl("config", "show")[1])
    assert lppl("config", "validate")[0] == 0


def test_where_the_address_of_the_switch_is_may_be_shown(empty_folder, lppl):
    write(empty_folder, "[ping]\nurl = 'env:SWITCH'")
    assert 'ping.url = "env:SWITCH"  #' in lppl("config", "show")[1]
    code, _, err = lppl("config", "validate")
    assert code == 1 and "the variable SWITCH is not set" in err
