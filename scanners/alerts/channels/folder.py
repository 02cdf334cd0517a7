"""Messages as files, to look at: one ``.eml`` a mail, one ``.txt`` for chats, in place of sending them."""

from collections.abc import Iterable
from pathlib import Path

from scanners.core.errors import CommandError
from scanners.core.file_names import file_name
from scanners.core.run_files import write_file
from scanners.store.outbox import Message


def write_letters(messages: Iterable[Message], folder: Path) -> list[Path]:
    """Write one file a message and kind, however many recipients it has, and return the files.

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
    for (identifier, suffix), content in dict(map(_file, messages)).items():
        path = folder / file_name(identifier.partition("@")[0], suffix)
        write_file(path, content)
        written.append(path)
    return written


def _file(message: Message) -> tuple[tuple[str, str], bytes]:
    """Return what tells files apart, and what to write."""
    if "eml" in message.body:
        return (message.message_id, ".eml"), message.body["eml"].encode("ascii")
    text = f"{message.body['subject']}\n\n{message.body['text']}"
    return (message.message_id, ".txt"), text.encode("utf-8", "replace")
