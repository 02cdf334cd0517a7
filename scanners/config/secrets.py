"""Secrets: read from where the configuration points when they are needed, never kept."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanners.config.settings import Mail, is_reference
from scanners.core.errors import CommandError
from scanners.core.machine import POSIX
from scanners.core.plain_files import read_bytes

_SECRET = ("ping.url",)  # whoever knows it can tell the switch that all is well
_LARGEST = 4096  # bytes; more is not a password but the wrong file


def find_password(mail: Mail, environment: Mapping[str, str] = os.environ) -> str:
    """Return the password from a systemd credential, a file or the environment, as configured.

    Raises
    ------
    CommandError
        If it is not there, is empty, or its file can be read by everybody. No message holds the password.
    """
    if mail.password_credential:
        return _from_credential(mail.password_credential, "mail.password_credential", environment)
    if mail.password_file:
        return _from_file(Path(mail.password_file), "mail.password_file")
    password = environment.get(mail.password_env, "")
    if not password:
        raise CommandError(f"mail.username is set, but the variable {mail.password_env} is not")
    return _usable(password, f"the variable {mail.password_env}")


def find_secret(reference: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the text that a reference points to: ``env:NAME``, ``file:PATH`` or ``credential:NAME``.

    Raises
    ------
    CommandError
        As for `find_password`.
    """
    kind, _, place = reference.partition(":")
    if kind == "credential":
        return _from_credential(place, reference, environment)
    if kind == "file":
        return _from_file(Path(place), reference)
    secret = environment.get(place, "")
    if not secret:
        raise CommandError(f"the variable {place} is not set")
    return _usable(secret, f"the variable {place}")


def masked(key: str, value: Any) -> Any:
    """Return the value of a dotted key as it may be shown: of an address that is a secret, its beginning."""
    if key not in _SECRET or not value or is_reference(value):
        return value
    return re.sub(r"^(\w+://)(?:[^/@]*@)?([^/?#]*).*\Z", r"\1\2/***", value)


def _from_credential(name: str, key: str, environment: Mapping[str, str]) -> str:
    folder = environment.get("CREDENTIALS_DIRECTORY", "")
    if not folder:
        raise CommandError(
            f"{key} {name!r} needs systemd's LoadCredential= (CREDENTIALS_DIRECTORY is not set)"
        )
    return _from_file(Path(folder) / name, key)


def _from_file(path: Path, key: str) -> str:
    try:
        content = read_bytes(path, _LARGEST)
        # Windows shows every file as open to everybody; who may read it is not in the mode there.
        if POSIX and path.stat().st_mode & 0o007:
            raise CommandError(f"{key} {path} is open to everybody: chmod 600 it")
    except OSError as error:
        raise CommandError(f"cannot read {key} {path}: {error.strerror}") from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise CommandError(f"{key} {path} must hold UTF-8 text") from None
    return _usable(text.rstrip("\r\n"), f"{key} {path}")


def _usable(password: str, place: str) -> str:
    if not password or len(password) > _LARGEST or not password.isascii() or not password.isprintable():
        raise CommandError(f"{place} must hold one line of printable ASCII")
    return password
