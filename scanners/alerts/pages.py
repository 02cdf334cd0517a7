"""Where who reads a mail finds the pages of a run, and the day's page for the mail itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pages:
    """The pages of one run, as mails speak of them.

    Parameters
    ----------
    url : str
        Address of the day's page, "" where nobody said.
    series : mapping of str to str
        Series -> address of its page.
    page : bytes
        The day's page, empty where it is not to be attached.
    name : str
        Of the attachment.
    """

    url: str = ""
    series: Mapping[str, str] = field(default_factory=dict)
    page: bytes = b""
    name: str = "lppl.html"


def pages_of(base: str, place: str, series: Mapping[str, str], page: bytes = b"") -> Pages:
    """Return the pages of a run.

    Parameters
    ----------
    base : str
        Address of the folder of all runs, "" for none.
    place : str
        Of the run's folder in it.
    series : mapping of str to str
        Series -> place of its page in the run's folder.
    page : bytes
        The day's page, to be attached.
    """
    folder = f"{base.rstrip('/')}/{place}" if base else ""
    links = {name: f"{folder}/{own}" for name, own in series.items()} if base else {}
    name = f"lppl-{place.replace('/', '-')}.html"
    return Pages(f"{folder}/index.html" if base else "", links, _alone(page, folder), name)


def _alone(page: bytes, folder: str) -> bytes:
    """Return a page that left its folder: its links lead there, or are none where nobody can read it."""
    if folder:
        return re.sub(rb'href="(?=series/)', b'href="' + folder.encode() + b"/", page)
    return re.sub(rb'<a href="series/[^"]*">', b"<a>", page)
