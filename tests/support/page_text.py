"""What a page says, and what it is made of, for tests."""

import re
from html import unescape
from html.parser import HTMLParser


def words(text):
    """Return what a page says: its tags are gone, spaces are single."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text)).split())


class Page(HTMLParser):
    """Collect tags, attributes, links and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.sources, self.attributes = [], [], [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            {"id": self.ids.append, "href": self.links.append, "src": self.sources.append}.get(
                name, lambda value: None
            )(value)
