"""Messages that wait to be sent: queued with the run that caused them, claimed with a lease, settled once."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from scanners.store.database import DamagedStore, Database
from scanners.store.documents import read_document, seal_values, write_document
from scanners.store.times import from_moment, to_moment

MessageState = Literal["queued", "leased", "sent", "dead"]
LONGEST_WAIT = timedelta(hours=6)  # what is due later than that was put off by a clock that was ahead


@dataclass(frozen=True)
class Message:
    """One message to one recipient.

    Attributes
    ----------
    message_id : str
        The same on every retry; with the recipient it is unique, so a message is queued only once.
    recipient : str
        Address, or where one is (``env:NAME``).
    due_at : datetime
        Not before.
    body : mapping
        What to send.
    state : {"queued", "leased", "sent", "dead"}
        Set by the outbox.
    attempts : int
        Times that it was claimed.
    last_error : str
        What the last attempt met, "" for nothing.
    waited : timedelta
        How long it has waited; see `scanners.alerts.delivery.deliver`.
    tried_at : datetime or None
        When what became of an attempt was stored last.
    """

    message_id: str
    recipient: str
    due_at: datetime
    body: Mapping[str, Any]
    state: MessageState = "queued"
    attempts: int = 0
    last_error: str = ""
    waited: timedelta = timedelta()
    tried_at: datetime | None = None

    def due(self, now: datetime) -> datetime:
        """Return when to try it: what is due after the longest wait was put off by a clock that was ahead."""
        return self.due_at if self.due_at <= now + LONGEST_WAIT else now


def enqueue(connection: sqlite3.Connection, message: Message, run_id: int | None) -> None:
    """Add a message in the caller's transaction; one that is there already is left as it is."""
    key = (message.message_id, message.recipient)
    state = ("queued", 0, to_moment(message.due_at), "")
    body, seal = write_document(message.body, "message", *key)
    connection.execute(
        "INSERT INTO outbox (message_id, recipient, run_id, state, attempts, due_at, last_error, state_seal, "
        "body, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id, recipient) DO NOTHING",
        (*key, run_id, *state, seal_values(*key, *state), body, seal),
    )


class Outbox:
    """The queue of an open database.

    The states of all messages are read and verified together: one whose state was damaged would otherwise
    wait for ever.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message) -> None:
        """Queue a message that belongs to no run, such as a test."""
        with self._database.transaction():
            enqueue(self._database.connection, message, None)

    def claim(
        self,
        now: datetime,
        *,
        lease: timedelta,
        limit: int = 100,
        wanted: Callable[[str], bool] = lambda recipient: True,
    ) -> list[Message]:
        """Take messages that are due for the length of a lease, oldest first.

        A message whose sender died comes back when its lease has run out. It may have been delivered, which
        nobody can know; it is sent again with the same ``message_id``.

        Parameters
        ----------
        now : datetime
            The present.
        lease : timedelta
            How long the sender may take.
        limit : int
            Most messages to take.
        wanted : callable
            Whether to take messages to a recipient.
        """
        until = to_moment(now + lease)
        claimed: list[Message] = []
        with self._database.transaction():
            for row in self._rows():
                ready = row.state in ("queued", "leased") and row.message.due(now) <= now
                if len(claimed) < limit and ready and wanted(row.recipient):
                    taken = row._replace(state="leased", attempts=row.attempts + 1, due_at=until)
                    self._update(taken)
                    claimed.append(self._message(taken))
        return claimed

    def settle(
        self,
        message: Message,
        state: Literal["queued", "sent", "dead"],
        *,
        due_at: datetime,
        error: str = "",
        waited: timedelta | None = None,
        tried_at: datetime | None = None,
    ) -> None:
        """Record what became of a claimed message.

        Parameters
        ----------
        message : Message
            As claimed.
        state : {"queued", "sent", "dead"}
            ``queued`` to try again at ``due_at``, ``dead`` to give up.
        due_at : datetime
            When to try again, or when it was settled.
        error : str
            What went wrong.
        waited : timedelta, optional
            How long it has waited by now; as before without it.
        tried_at : datetime, optional
            Now; as before without it.

        Raises
        ------
        ValueError
            If the message is not leased in this attempt: its lease ran out and another sender has it.
        """
        claim = (message.message_id, message.recipient, "leased", message.attempts)
        with self._database.transaction():
            for row in self._rows():
                if (row.message_id, row.recipient, row.state, row.attempts) == claim:
                    row = row._replace(state=state, due_at=to_moment(due_at), last_error=error)
                    if waited is not None:
                        row = row._replace(waited=waited // _UNIT)
                    if tried_at is not None:
                        row = row._replace(tried_at=to_moment(tried_at))
                    self._update(row)
                    return
            raise ValueError(f"message {message.message_id} must be leased in attempt {message.attempts}")

    def requeue(self, message: Message, *, due_at: datetime) -> None:
        """Try a dead message again; its Message-ID, attempts and last error stay.

        Raises
        ------
        ValueError
            If the message is not dead.
        """
        key = (message.message_id, message.recipient, "dead")
        with self._database.transaction():
            for row in self._rows():
                if (row.message_id, row.recipient, row.state) == key:
                    self._update(row._replace(state="queued", due_at=to_moment(due_at)))
                    return
            raise ValueError(f"message {message.message_id} to {message.recipient} must be dead")

    def messages(self, state: MessageState) -> list[Message]:
        """Return the messages in a state, oldest first."""
        with self._database.snapshot():
            return [self._message(row) for row in self._rows() if row.state == state]

    def overview(self) -> list[Message]:
        """Return every message without its body, oldest first."""
        with self._database.snapshot():
            return [row.message for row in self._rows()]

    def read(self, message: Message) -> Message:
        """Return a message of :meth:`overview` with its body."""
        key = (message.message_id, message.recipient)
        with self._database.snapshot():
            return next(self._message(row) for row in self._rows() if (row.message_id, row.recipient) == key)

    def newest_of_runs(self) -> Message | None:
        """Return the message that a run queued last; None when none did."""
        with self._database.snapshot():
            found = self._database.connection.execute(
                "SELECT MAX(id) FROM outbox WHERE run_id IS NOT NULL"
            ).fetchone()[0]
            return None if found is None else self._message(self._rows()[found - 1])

    def verify(self) -> None:
        """Compare the state of every message with its seal; DamagedStore when one differs."""
        self._rows()

    def _rows(self) -> list["_Row"]:
        rows = []
        for number, (*values, state_seal) in enumerate(
            self._database.connection.execute(_SELECT).fetchall(), 1
        ):
            row = _Row(*values)
            # Ids run from 1 without a hole, so that a lost row shows.
            if row.id != number or row.seal() != state_seal:
                raise DamagedStore(
                    self._database.path, f"the state of message {number} does not match its seal"
                )
            rows.append(row)
        return rows

    def _update(self, row: "_Row") -> None:
        state = (row.state, row.attempts, row.due_at, row.last_error, row.waited, row.tried_at)
        values = (*state, row.seal(), row.id)
        self._database.connection.execute(_UPDATE, values)

    def _message(self, row: "_Row") -> Message:
        body, seal = self._database.connection.execute(_BODY, (row.id,)).fetchone()
        key = (row.message_id, row.recipient)
        document = read_document(body, seal, self._database.path, "message", *key)
        return replace(row.message, body=document)


class _Row(NamedTuple):
    id: int
    message_id: str
    recipient: str
    state: MessageState
    attempts: int
    due_at: int
    last_error: str
    waited: int = 0
    tried_at: int = 0

    @property
    def message(self) -> Message:
        """The message without its body."""
        return Message(
            self.message_id,
            self.recipient,
            from_moment(self.due_at),
            {},
            self.state,
            self.attempts,
            self.last_error,
            self.waited * _UNIT,
            from_moment(self.tried_at) if self.tried_at else None,
        )

    def seal(self) -> bytes:
        """Return the seal over all but the id; over the columns of before where the others say nothing."""
        return seal_values(*(self[1:] if self.waited or self.tried_at else self[1:7]))


_UNIT = timedelta(microseconds=1)
_SELECT = (
    "SELECT id, message_id, recipient, state, attempts, due_at, last_error, waited, tried_at, state_seal "
    "FROM outbox ORDER BY id"
)
_UPDATE = (
    "UPDATE outbox SET state = ?, attempts = ?, due_at = ?, last_error = ?, waited = ?, tried_at = ?, "
    "state_seal = ? WHERE id = ?"
)
_BODY = "SELECT body, seal FROM outbox WHERE id = ?"
