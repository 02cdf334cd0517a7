"""What every way to a person takes and gives back: the messages of a digest, and what became of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from scanners.alerts.digest import Digest
from scanners.alerts.risk import label
from scanners.config.settings import Mail, Route
from scanners.core.text import one_line
from scanners.store.outbox import Message


@dataclass(frozen=True)
class Result:
    """What became of a message for one recipient.

    Parameters
    ----------
    outcome : {"sent", "later", "refused"}
        Taken; worth another try; refused for good.
    detail : str
        Why it was not sent. It is stored and shown, so it holds no secret.
    """

    outcome: Literal["sent", "later", "refused"]
    detail: str = ""


@dataclass(frozen=True)
class Notice:
    """A digest on its way to the recipients of a route.

    Parameters
    ----------
    digest : Digest
        What to say.
    mail, route : Mail, Route
        Who writes, to whom.
    identifier : str
        Of the message, the same on every retry.
    at : datetime
        Of the run; no clock is read, so that the same run gives the same message.
    pictures : mapping of str to bytes
        Series -> PNG.
    """

    digest: Digest
    mail: Mail
    route: Route
    identifier: str
    at: datetime
    pictures: Mapping[str, bytes]


Send = Callable[[Sequence[Message]], Iterator[Result]]


class Channel(Protocol):
    """A way to a person. One object; what it knows of a message is in the outbox, never in itself."""

    name: str

    def takes(self, recipient: str) -> bool:
        """Return whether a recipient, as a route names it, is reached this way."""
        ...

    def check(self, recipient: str, mail: Mail) -> None:
        """Raise a `CommandError` when nothing could be sent, as far as this machine knows."""
        ...

    def compose(self, notice: Notice) -> Mapping[str, Any]:
        """Return what the outbox keeps, as JSON takes it; ``subject`` is shown in lists."""
        ...

    def open(self, mail: Mail) -> Send:
        """Return what sends: messages in, one result each out, in order, before ``mail.deadline`` is over.

        Whatever a service does is a result and not raised.

        Raises
        ------
        CommandError
            When nothing can be sent as things are configured; then all messages wait, and no try counts.
        """
        ...

    def to_file(self, body: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return a message as a file to look at: its suffix and its content."""
        ...


def brief(digest: Digest) -> str:
    """Return a digest without reasons: a line a change, the highest level first."""
    lines = [
        *digest.summary,
        "Too long for this service: reasons are left out, the page of the day has them.",
    ]
    for step in digest.steps:
        level = label(step.body, step.body.peak if step.over else step.body.level)
        lines.append(f"{level.upper()}  {one_line(step.body.title, 60)}: {step.event}, {step.body.session}")
    return "\n".join([*lines, *(one_line(line) for line in digest.notes)]) + "\n"


def guarded(name: str, send: Send, messages: Sequence[Message]) -> Iterator[Result]:
    """Yield exactly one result a message, whatever a channel does: what it has not told of is for later.

    Its errors are told by their kind, for secrets in them.
    """
    answered, why = 0, "ended without a result"
    try:
        for result in send(messages):
            if answered == len(messages) or not isinstance(result, Result):
                why = "gave what is no result of a message"
                break
            answered += 1
            yield result
    except Exception as error:  # noqa: BLE001  a defect, or a plug-in, that must not keep a lease
        why = f"failed with {type(error).__name__}"
    for _ in messages[answered:]:
        yield Result("later", f"channel {name} {why}")


class Plain:
    """What channels of plain text have in common: subject and text, looked at as a ``.txt``."""

    def compose(self, notice: Notice) -> Mapping[str, Any]:
        """Return the subject, all that the digest says, and a line a change for who cannot take that."""
        digest = notice.digest
        return {"text": digest.plain_text(), "brief": brief(digest), "subject": digest.headed()}

    def to_file(self, body: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return the text under its subject."""
        return ".txt", f"{body['subject']}\n\n{body['text']}".encode("utf-8", "replace")
