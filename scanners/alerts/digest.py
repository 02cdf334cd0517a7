"""One mail a run and route: what changed, in words that stand alone and with pictures, and its identity."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scanners.alerts.risk import label
from scanners.config.settings import Mail, Route
from scanners.core.file_names import file_name, slug
from scanners.core.text import one_line
from scanners.core.vocabulary import rank_of
from scanners.store.episodes import MODEL, Standing, Step

if TYPE_CHECKING:
    from jinja2 import Template

_POLICY = SMTP.clone(cte_type="7bit")
_NAMED = 5  # series in a subject; the others are counted
_THREADS = 20  # episodes in References
_TOLD = (
    40  # changes with their reasons and pictures; the others get a line, so that no server refuses the mail
)
_EVENTS = {
    "opened": "new",
    "raised": "level rose",
    "changed": "state changed",
    "updated": "critical time moved",
    "repeated": "still so",
    "resolved": "over",
    "aged": "news no more",
}


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
    """

    subject: str
    summary: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()

    def headed(self) -> str:
        """Return the subject with the prefix that all have."""
        return f"[lppl] {one_line(self.subject)}"

    def plain_text(self) -> str:
        """Return all that it says as plain text."""
        return _plain(self, self.notes)


def digest_of(steps: Iterable[Step], as_of: str, watchlist: str, notes: Sequence[str]) -> Digest:
    """Return the digest of changes, with critical ones and high risks named in the subject."""
    ordered = tuple(sorted(steps, key=lambda step: (-_weight(step), step.body.series)))
    return Digest(
        subject=f"{_headline(ordered)} ({as_of})",
        summary=(f"Scan of {one_line(watchlist)} as of {as_of}: {_counted(len(ordered), 'change')}.",),
        steps=ordered,
        notes=tuple(notes),
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
    size = f"{_counted(left_out, 'picture')} left out: too large for a mail."
    notes = (*digest.notes, *([size] if left_out else []))
    message.set_content(_plain(digest, notes))
    tag = _digest(identifier)
    sources = {series: f"{number}.{tag}@{_domain(mail)}" for number, series in enumerate(shown, 1)}
    page = _template().render(digest=digest, notes=notes, items=_items(digest), sources=sources)
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
    if rich.is_multipart():
        rich.set_boundary(f"=_{tag}_")
    return message


def to_text(message: EmailMessage) -> str:
    """Return the mail as ASCII text with CRLF, ready for the wire."""
    return message.as_bytes(policy=_POLICY).decode("ascii")


def _headline(steps: Sequence[Step]) -> str:
    labels = [label(step.body, step.body.level) for step in steps if not step.over]
    still = [step for step in steps if not step.over]
    parts = []
    for name in ("critical", "risk high"):
        named = [step for step, said in zip(still, labels, strict=True) if said == name]
        if named:
            names = [one_line(step.body.title, 40) for step in named[:_NAMED]]
            more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
            parts.append(f"{name}: {', '.join(names)}{more}")
    for name in ("warning", "watch", "risk raised", "chance"):
        parts += [f"{labels.count(name)} {name}"] if name in labels else []
    over = len(steps) - len(still)
    return "; ".join([*parts, *([f"{over} over"] if over else [])])


def _items(digest: Digest) -> list[dict[str, Any]]:
    return [_item(step, number < _TOLD) for number, step in enumerate(digest.steps)]


def _item(step: Step, whole: bool) -> dict[str, Any]:
    """Return what both bodies say of a step."""
    body = step.body
    # The page of a series has its context: momentum, the critical time, the path.
    more = body.chances if body.model == MODEL else body.context
    lead, *others = body.reasons or ("",)
    over = step.over
    risk = f"; risk of a fall {body.risk}" if body.model == MODEL and body.risk and not over else ""
    return {
        "series": body.series,
        "title": one_line(body.title),
        "level": label(body, body.peak if over else body.level),
        "event": _EVENTS.get(step.event, step.event),
        "side": one_line(_side(body)) + risk,
        "session": body.session,
        "opened": body.opened,
        "lead": one_line(lead, 1000) if whole else None,
        "lines": [one_line(line, 1000) for line in (*others, *more)] if whole else [],
        "key": step.fingerprint[:8],
    }


def _side(body: Standing) -> str:
    """Return the direction of an LPPLS episode, the state of any other."""
    if body.model != MODEL:
        return body.state or body.direction
    return "downward (capitulation)" if body.direction == "negative" else "upward"


def _plain(digest: Digest, notes: Sequence[str]) -> str:
    blocks = ["\n".join(one_line(line, 1000) for line in digest.summary)]
    for item in _items(digest):
        head = f"{item['level'].upper()}  {item['title']}: {item['event']}, {item['side']}"
        when = f"last bar {item['session']}; since {item['opened']}; lppl alerts ack {item['key']}"
        said = [] if item["lead"] is None else [item["lead"], *item["lines"]]
        blocks.append("\n".join([head, *(f"  {line}" for line in (*said, when))]))
    blocks.append("\n".join(one_line(line, 1000) for line in notes))
    return "\n\n".join(block for block in blocks if block) + "\n"


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


def _weight(step: Step) -> int:
    return -1 if step.over else rank_of(step.body.level)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _domain(mail: Mail) -> str:
    return mail.sender.rpartition("@")[2] or "localhost"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
