"""Mails as files, to look at: one ``.eml`` a mail, in place of sending it."""

from collections.abc import Iterable
from pathlib import Path

from scanners.errors import CommandError
from scanners.names import file_name
from scanners.outputs import write_file
from scanners.store.outbox import Message


def write_letters(messages: Iterable[Message], folder: Path) -> list[Path]:
    """Write one file a mail, however many recipients it has, and return the files.

    Raises
    ------
    CommandError
        If one cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot make the folder {folder}: {error.strerror}") from error
    written = []
    for identifier, eml in {message.message_id: message.body["eml"] for message in messages}.items():
        path = folder / file_name(identifier.partition("@")[0], ".eml")
        write_file(path, eml.encode("ascii"))
        written.append(path)
    return written
