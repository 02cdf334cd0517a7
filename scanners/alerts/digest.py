"""One message a run and route: what changed, in words that stand alone, with pictures; and its identity."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scanners.alerts.change_words import Item, changes_in_words, items_of, weight
from scanners.alerts.pages import Pages
from scanners.config.settings import Mail, Route
from scanners.core.file_names import file_name, slug
from scanners.core.text import counted, one_line
from scanners.store.episodes import Step

if TYPE_CHECKING:
    from jinja2 import Template


class _Wire(EmailPolicy):
    """Headers as the library folds them, but a subject begins on its first line: programs show the blank."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header with its line ends; the first line of a subject may pass 78 characters by nine."""
        folded = super().fold_binary(name, value)
        return re.sub(rb"\ASubject:\s*\r\n ", b"Subject: ", folded)


_POLICY = _Wire(linesep="\r\n", cte_type="7bit")
_THREADS = 20  # episodes in References
_TOLD = 40  # changes with cards and pictures; the others get a line, so that no server refuses the mail
FOLD = "-" * 20 + " why, and how it is known " + "-" * 20


@dataclass(frozen=True)
class Digest:
    """What a mail says.

    Parameters
    ----------
    subject : str
        Without a prefix.
    summary : tuple of str
        Lines at the top.
    steps : tuple of Step
        Changes, the highest level first.
    notes : tuple of str
        Lines at the end: hits by chance, mails that were given up.
    pages : Pages
        Where to read on.
    """

    subject: str
    summary: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    pages: Pages = field(default_factory=Pages)

    def headed(self) -> str:
        """Return the subject with the prefix that all have."""
        return f"[lppl] {one_line(self.subject)}"

    def plain_text(self) -> str:
        """Return all that it says as plain text."""
        return _plain(self, self.notes)


def digest_of(
    steps: Iterable[Step], as_of: str, watchlist: str, notes: Sequence[str], pages: Pages | None = None
) -> Digest:
    """Return the digest of changes; subject and first line say what changed, the highest level first."""
    ordered = tuple(sorted(steps, key=lambda step: (-weight(step), step.body.series)))
    changed = changes_in_words(ordered)
    scan = f"Scan of {one_line(watchlist)} as of {as_of}: {counted(len(ordered), 'change')}."
    return Digest(
        subject=f"{changed} ({as_of})",
        summary=(f"{changed[:1].upper()}{changed[1:]}.",),
        steps=ordered,
        notes=(scan, *notes),
        pages=pages or Pages(),
    )


def message_id(mail: Mail, installation: str, day: str, *parts: object) -> str:
    """Return a Message-ID that depends on nothing but its arguments: the same on every retry.

    Parameters
    ----------
    mail : Mail
        Whose sender names the domain.
    installation : str
        Of the database, so that no other has the same; every Message-ID ends with it before the domain.
    day : str
        ISO date.
    parts
        What the message is about.
    """
    # Short enough for one line: some servers do not join a folded Message-ID.
    return f"<{day.replace('-', '')}.{_digest(*parts)[:16]}.{installation}@{_domain(mail)}>"


def identity(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return what makes a digest the same: fingerprint, occurrence, sequence and event of each step."""
    return tuple(
        sorted(f"{step.fingerprint}/{step.occurrence}/{step.sequence}/{step.event}" for step in steps)
    )


def compose(
    digest: Digest,
    *,
    mail: Mail,
    route: Route,
    identifier: str,
    at: datetime,
    pictures: Mapping[str, bytes],
) -> EmailMessage:
    """Return the mail: plain text, and HTML with the pictures that fit.

    Parameters
    ----------
    digest : Digest
        What to say.
    mail, route : Mail, Route
        Who writes, to whom, how large pictures may be together.
    identifier : str
        Message-ID.
    at : datetime
        Of the run; no clock is read, so that the same run gives the same bytes.
    pictures : mapping of str to bytes
        Series -> PNG.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(one_line(mail.sender_name), addr_spec=mail.sender)
    message["To"] = [Address(addr_spec=recipient) for recipient in route.recipients]
    message["Subject"] = digest.headed()
    message["Date"] = at
    message["Message-ID"] = identifier
    message["List-Id"] = f"<{slug(route.name)}.alerts.{_domain(mail)}>"
    message["Auto-Submitted"] = "auto-generated"
    roots = [_root(mail, identifier, step) for step in digest.steps[:_THREADS]]
    if roots:
        message["In-Reply-To"] = roots[0]
        message["References"] = " ".join(reversed(roots))
    shown = _fitting(digest.steps[:_TOLD], pictures, mail.picture_bytes)
    left_out = len({step.body.series for step in digest.steps[:_TOLD]} & set(pictures)) - len(shown)
    attached = digest.pages.page if len(digest.pages.page) <= mail.page_bytes else b""
    unsaid = {
        f"{counted(left_out, 'picture')} left out: too large for a mail.": left_out > 0,
        "The page is not attached: it is too large for a mail.": digest.pages.page != attached,
    }
    notes = (*digest.notes, *(note for note, holds in unsaid.items() if holds))
    message.set_content(_plain(digest, notes))
    tag = _digest(identifier)
    sources = {series: f"{number}.{tag}@{_domain(mail)}" for number, series in enumerate(shown, 1)}
    told, rest = _items(digest)
    page = _template().render(digest=digest, notes=notes, told=told, rest=rest, sources=sources)
    message.add_alternative(page, subtype="html")
    parts: Any = message.get_payload()
    rich = parts[1]
    for series, source in sources.items():
        rich.add_related(
            pictures[series],
            "image",
            "png",
            cid=f"<{source}>",
            disposition="inline",
            filename=file_name(series, ".png"),
        )
    # Random boundaries would make the same mail different bytes.
    message.set_boundary(f"=_{tag}")
    if attached:
        message.add_attachment(attached, "text", "html", filename=digest.pages.name)
        message.set_boundary(f"=_m{tag}")
    if rich.is_multipart():
        rich.set_boundary(f"=_{tag}_")
    return message


def to_text(message: EmailMessage) -> str:
    """Return the mail as ASCII text with CRLF, ready for the wire."""
    return message.as_bytes(policy=_POLICY).decode("ascii")


def _items(digest: Digest) -> tuple[list[Item], list[Item]]:
    """Return what both bodies say of steps: those that are told, and those that get a line."""
    items = items_of(digest.steps)
    return items[:_TOLD], items[_TOLD:]


def _plain(digest: Digest, notes: Sequence[str]) -> str:
    told, rest = _items(digest)
    pages = digest.pages
    blocks = [[one_line(line, 1000) for line in digest.summary]]
    blocks += [[each.head, *_indented(each.card, *_link(pages, each))] for each in told]
    blocks += [[each.head for each in rest], [f"The whole page: {pages.url}"] if pages.url else []]
    blocks += [[FOLD]] if told else []
    blocks += [[each.title, *_indented(each.lines, each.when)] for each in told]
    blocks += [[f"{each.title}: {each.when}" for each in rest], [one_line(note, 1000) for note in notes]]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _indented(lines: Iterable[str], *last: str) -> list[str]:
    return [f"  {line}" for line in (*lines, *last)]


def _link(pages: Pages, about: Item) -> tuple[str, ...]:
    return (pages.series[about.series],) if about.first and about.series in pages.series else ()


def _fitting(steps: Iterable[Step], pictures: Mapping[str, bytes], most: int) -> list[str]:
    """Return the series whose pictures fit together, in the order of the steps."""
    shown: list[str] = []
    for series in dict.fromkeys(step.body.series for step in steps):
        if series in pictures and len(pictures[series]) <= most:
            most -= len(pictures[series])
            shown.append(series)
    return shown


@lru_cache(maxsize=1)
def _template() -> "Template":
    from scanners.core.templates import templates_of

    return templates_of("scanners.alerts").get_template("mail.html")


def _root(mail: Mail, identifier: str, step: Step) -> str:
    """Return the Message-ID that stands for an episode: every mail about it answers that one."""
    installation = identifier.rpartition("@")[0].rpartition(".")[2]
    return f"<episode.{_digest(step.fingerprint, step.occurrence)[:16]}.{installation}@{_domain(mail)}>"


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _domain(mail: Mail) -> str:
    return mail.sender.rpartition("@")[2] or "localhost"
