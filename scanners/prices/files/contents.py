"""What a price file is, by its first bytes and within bounds: text, gzip, Parquet or a workbook."""

import zlib
from pathlib import Path
from typing import Literal, NamedTuple

from scanners.core.errors import CommandError
from scanners.core.plain_files import read_bytes

# A century of minute bars has fewer bytes; beyond it, a file is a mistake or an attack (zeros in a gzip).
MAX_BYTES = 256 * 2**20
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_NO_TEXT = "not a text file, or one with NUL bytes; save it as CSV in UTF-8"
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"{", b"[")
_SAMPLE = 4096
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")  # UTF-16 with its mark, as spreadsheets write "Unicode text"

Kind = Literal["text", "parquet", "xlsx"]


class Contents(NamedTuple):
    """Bytes of a price file, unpacked, and what they are."""

    kind: Kind
    raw: bytes


def read_contents(path: Path) -> Contents:
    """Read a file, unpack gzip, and tell what it is.

    Raises
    ------
    CommandError
        If it cannot be read, is empty, is larger than `MAX_BYTES` (unpacked too), or is nothing of these.
    """
    raw = _marked(_unpacked(path))
    if not raw.strip():
        raise CommandError(f"{path}: the file is empty")
    if raw[:4] == b"PAR1":
        return Contents("parquet", raw)
    if raw[:4] == b"PK\x03\x04":
        return Contents("xlsx", raw)
    if raw[:4] == _OLD_OFFICE:
        raise CommandError(f"{path}: an old workbook (.xls) or a locked one; save it as .xlsx or CSV")
    if raw[:2] not in _WIDE_TEXT and b"\0" in raw:
        raise CommandError(f"{path}: {_NO_TEXT}")
    if raw.lstrip()[:14].lower().startswith(_PAGES):
        raise CommandError(f"{path}: a web page or an answer in JSON, no table; download the CSV again")
    return Contents("text", raw)


def _marked(raw: bytes) -> bytes:
    """Return a text in UTF-16 that has no mark with one; anything else as it is.

    Digits, marks and line ends have a zero in one half of each pair, no text has one in the other half.
    """
    if raw[:2] in _WIDE_TEXT or b"\0" not in raw[:_SAMPLE] or len(raw) % 2:
        return raw
    for mark, high, low in ((_WIDE_TEXT[0], raw[1::2], raw[::2]), (_WIDE_TEXT[1], raw[::2], raw[1::2])):
        if 2 * high.count(0) > len(high) and b"\0" not in low:
            return mark + raw
    return raw


def _unpacked(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CommandError(f"{path}: larger than {MAX_BYTES >> 20} MB, which no price file is")
        raw = read_bytes(path, MAX_BYTES)
        if raw[:2] != b"\x1f\x8b":
            return raw
        return _gunzip(path, raw)
    except (OSError, ValueError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CommandError(f"{path}: cannot be read ({reason})") from None


def _gunzip(path: Path, raw: bytes) -> bytes:
    """Unpack all members of a gzip file, at most `MAX_BYTES`."""
    parts, size, rest = [], 0, raw
    while rest.strip(b"\0"):
        unpack = zlib.decompressobj(wbits=31)
        part = unpack.decompress(rest, MAX_BYTES - size + 1)
        size += len(part)
        if size > MAX_BYTES:
            raise CommandError(f"{path}: unpacks to more than {MAX_BYTES >> 20} MB, which no price file does")
        if not unpack.eof:
            raise ValueError("the compressed file is cut off")
        parts.append(part)
        rest = unpack.unused_data
    return b"".join(parts)
