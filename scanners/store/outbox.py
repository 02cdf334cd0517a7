"""Messages that wait to be sent: queued with the run that caused them, claimed with a lease, settled once."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from scanners.store.database import Database
from scanners.store.documents import read_document, write_document
from scanners.store.times import from_moment, to_moment

MessageState = Literal["queued", "leased", "sent", "dead"]


@dataclass(frozen=True)
class Message:
    """One message to one recipient.

    Attributes
    ----------
    message_id : str
        The same on every retry; with the recipient it is unique, so a message is queued only once.
    recipient : str
        Address.
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
    """

    message_id: str
    recipient: str
    due_at: datetime
    body: Mapping[str, Any]
    state: MessageState = "queued"
    attempts: int = 0
    last_error: str = ""


def enqueue(connection: sqlite3.Connection, message: Message, run_id: int | None) -> None:
    """Add a message in the caller's transaction; one that is there already is left as it is."""
    key = (message.message_id, message.recipient)
    body, seal = write_document(message.body, "message", *key)
    connection.execute(
        "INSERT INTO outbox (message_id, recipient, run_id, body, seal, state, attempts, due_at, last_error) "
        "VALUES (?, ?, ?, ?, ?, 'queued', 0, ?, '') ON CONFLICT (message_id, recipient) DO NOTHING",
        (*key, run_id, body, seal, to_moment(message.due_at)),
    )


class Outbox:
    """The queue of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message) -> None:
        """Queue a message that belongs to no run, such as a test."""
        with self._database.transaction():
            enqueue(self._database.connection, message, None)

    def claim(self, now: datetime, *, lease: timedelta, limit: int = 100) -> list[Message]:
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
        """
        moment, until = to_moment(now), to_moment(now + lease)
        with self._database.transaction():
            rows = self._database.connection.execute(
                "SELECT id FROM outbox WHERE state IN ('queued', 'leased') AND due_at <= ? "
                "ORDER BY id LIMIT ?",
                (moment, limit),
            ).fetchall()
            self._database.connection.executemany(
                "UPDATE outbox SET state = 'leased', attempts = attempts + 1, due_at = ? WHERE id = ?",
                [(until, key) for (key,) in rows],
            )
            return [self._message(key) for (key,) in rows]

    def settle(
        self, message: Message, state: Literal["queued", "sent", "dead"], *, due_at: datetime, error: str = ""
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

        Raises
        ------
        ValueError
            If the message is not leased in this attempt: its lease ran out and another sender has it.
        """
        with self._database.transaction():
            cursor = self._database.connection.execute(
                "UPDATE outbox SET state = ?, due_at = ?, last_error = ? "
                "WHERE message_id = ? AND recipient = ? AND state = 'leased' AND attempts = ?",
                (state, to_moment(due_at), error, message.message_id, message.recipient, message.attempts),
            )
            if cursor.rowcount != 1:
                raise ValueError(f"message {message.message_id} must be leased in attempt {message.attempts}")

    def messages(self, state: MessageState) -> list[Message]:
        """Return the messages in a state, oldest first."""
        with self._database.snapshot():
            keys = self._database.connection.execute(
                "SELECT id FROM outbox WHERE state = ? ORDER BY id", (state,)
            ).fetchall()
            return [self._message(key) for (key,) in keys]

    def _message(self, key: int) -> Message:
        row = self._database.connection.execute(
            "SELECT message_id, recipient, due_at, body, seal, state, attempts, last_error FROM outbox "
            "WHERE id = ?",
            (key,),
        ).fetchone()
        message_id, recipient, due_at, body, seal, *state = row
        document = read_document(body, seal, self._database.path, "message", message_id, recipient)
        return Message(message_id, recipient, from_moment(due_at), document, *state)
