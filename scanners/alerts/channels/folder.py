"""Messages as files: one ``.eml`` a mail, one ``.txt`` for all else, to look at or for another program."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scanners.alerts.channels.interface import Plain, Result, Send
from scanners.config.settings import FOLDER, Mail
from scanners.core.errors import CommandError
from scanners.core.file_names import file_name
from scanners.core.plain_files import PRIVATE_FOLDER
from scanners.core.run_files import write_file
from scanners.store.outbox import Message


class FolderChannel(Plain):
    """The channel of recipients such as ``folder:/srv/alerts``."""

    name = FOLDER

    def takes(self, recipient: str) -> bool:
        """Return whether it names a folder."""
        return recipient.startswith(f"{FOLDER}:")

    def check(self, recipient: str, mail: Mail) -> None:
        """Look whether the place could hold files."""
        if (path := _folder(recipient)).exists() and not path.is_dir():
            raise CommandError(f"{recipient}: there is a file in place of a folder")

    def open(self, mail: Mail) -> Send:
        """Return what writes; a folder that cannot be written is one for later."""

        def sent(messages: Sequence[Message]) -> Iterator[Result]:
            for message in messages:
                try:
                    _write(message, _folder(message.recipient), self.to_file(message.body))
                except CommandError as error:
                    yield Result("later", str(error))
                else:
                    yield Result("sent")

        return sent


def channel() -> FolderChannel:
    """Return the channel."""
    return FolderChannel()


def write_letters(messages: Iterable[Message], folder: Path) -> list[Path]:
    """Write messages in place of sending them, one file each and kind, however many recipients it has.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    CommandError
        If one cannot be written.
    """
    from scanners.alerts.channels.registry import channel_of

    files = {}
    for message in messages:
        suffix, content = channel_of(message.recipient).to_file(message.body)
        files[message.message_id, suffix] = message, content
    return [_write(message, folder, (suffix, content)) for (_, suffix), (message, content) in files.items()]


def _write(message: Message, folder: Path, file: tuple[str, bytes]) -> Path:
    try:
        folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot make the folder {folder}: {error.strerror}") from error
    suffix, content = file
    path = folder / file_name(message.message_id.partition("@")[0], suffix)
    write_file(path, content, secret=True)
    return path


def _folder(recipient: str) -> Path:
    """Return the folder; one that begins with ``~`` is no relative one where nobody knows a home.

    Raises
    ------
    CommandError
        If there is no home to begin with.
    """
    try:
        return Path(recipient.partition(":")[2]).expanduser()
    except RuntimeError:
        raise CommandError(f"{recipient}: this account has no home folder; set HOME") from None
