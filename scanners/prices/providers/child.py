"""The child process for a package without time-outs: requests in, outcomes out, nothing printed.

Run as ``python -m scanners.prices.providers.child MODULE:FUNCTION NAME``, started by
`scanners.prices.providers.isolated`.
A message is its length in four bytes, then MessagePack. The function takes a `Request` and returns `Bars` or
raises `FetchError`; any other exception is a failure of the package and becomes ``malformed``.
"""

import logging
import os
import struct
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

import msgspec

from scanners.prices.interface import Bars, Failure, FetchError, Request, encode

_LENGTH = struct.Struct(">I")


def write_message(stream: BinaryIO, data: bytes) -> None:
    """Send one message."""
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def read_message(stream: BinaryIO) -> bytes | None:
    """Return the next message, None at the end or where the other side broke off."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    data = stream.read(size)
    return data if len(data) == size else None


def main(target: str, name: str) -> None:
    """Serve requests from standard input until it ends."""
    # Whatever a package prints goes nowhere; the replies have a descriptor of their own.
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    module, function = target.split(":")
    try:
        fetch_one = getattr(import_module(module), function)
    except ImportError as error:
        fetch_one = _unimportable(str(error))
    while (data := read_message(sys.stdin.buffer)) is not None:
        request = msgspec.msgpack.decode(data, type=Request)
        write_message(replies, encode(_answer(fetch_one, request, name)))


def _unimportable(message: str) -> Callable[[Request], Bars]:
    def fetch_one(request: Request) -> Bars:
        raise FetchError("unsupported", message)

    return fetch_one


def _answer(fetch_one: Callable[[Request], Bars], request: Request, name: str) -> Bars | Failure:
    try:
        return fetch_one(request)
    except FetchError as error:
        return error.failure(request, name)
    except Exception as error:  # noqa: BLE001  the package may raise anything; the kind of it is the finding
        # Only the type: a message may quote the address it was asked for, and with it a key.
        message = f"the package failed with {type(error).__name__}"
        return FetchError("malformed", message).failure(request, name)


if __name__ == "__main__":
    main(*sys.argv[1:])
