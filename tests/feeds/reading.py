"""The way back: entries out of documents, by the formats' own specifications.

Strict and bare, for laws: it sees what is written, without a reader's clean-up.
"""

import json
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from feeds.model import Alternate, Category, Entry

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def entries_of(ending: str, data: bytes) -> list[Entry]:
    """All entries of a document, in its order; a category's term is its label."""
    if ending == "json":
        return [_from_json(item) for item in json.loads(data)["items"]]
    root = etree.fromstring(data)
    if ending == "atom":
        return [_from_atom(element) for element in root.findall(f"{ATOM}entry")]
    return [_from_rss(element) for element in root.findall("channel/item")]


def links_of(ending: str, data: bytes) -> dict[str, list[str]]:
    """The addresses that an Atom or RSS document itself leads to, by relation."""
    root = etree.fromstring(data)
    found: dict[str, list[str]] = {}
    for link in (root if ending == "atom" else root[0]).findall(f"{ATOM}link"):
        found.setdefault(link.get("rel"), []).append(link.get("href"))
    return found


def previous_of(ending: str, data: bytes) -> str | None:
    """Where a document says that older entries are."""
    if ending == "json":
        return json.loads(data).get("next_url")
    return links_of(ending, data).get("prev-archive", [None])[0]


def _from_atom(element) -> Entry:
    def text(path):
        return element.findtext(path.replace("/", f"/{ATOM}").join([ATOM, ""])) or ""

    own, *others = element.findall(f"{ATOM}link")
    return Entry(
        id=text("id"),
        title=text("title"),
        url=own.get("href"),
        lang=element.get(XML_LANG),
        published=datetime.fromisoformat(text("published")),
        updated=datetime.fromisoformat(text("updated")),
        summary=text("summary"),
        content=text("content"),
        author=text("author/name"),
        categories=tuple(
            Category(topic.get("label"), topic.get("label"))
            for topic in element.findall(f"{ATOM}category")
        ),
        alternates=tuple(Alternate(link.get("hreflang"), link.get("href")) for link in others),
    )


def _from_rss(element) -> Entry:
    description, content = element.findtext("description"), element.findtext(f"{CONTENT}encoded")
    _own, *others = element.findall(f"{ATOM}link")
    return Entry(
        id=element.findtext("guid"),
        title=element.findtext("title"),
        url=element.findtext("link"),
        lang=element.findtext(f"{DC}language"),
        published=parsedate_to_datetime(element.findtext("pubDate")),
        updated=datetime.fromisoformat(element.findtext(f"{ATOM}updated")),
        summary="" if content is None else _plain(description),
        content=description or "" if content is None else content,
        author=element.findtext(f"{DC}creator"),
        categories=tuple(Category(topic.text, topic.text) for topic in element.findall("category")),
        alternates=tuple(Alternate(link.get("hreflang"), link.get("href")) for link in others),
    )


def _from_json(item) -> Entry:
    return Entry(
        id=item["id"],
        title=item["title"],
        url=item["url"],
        lang=item["language"],
        published=datetime.fromisoformat(item["date_published"]),
        updated=datetime.fromisoformat(item["date_modified"]),
        summary=item.get("summary", ""),
        content=item["content_html"],
        author=item["authors"][0]["name"],
        categories=tuple(Category(tag, tag) for tag in item.get("tags", ())),
        alternates=tuple(Alternate(*pair) for pair in item.get("_alternates", {}).items()),
    )


def _plain(markup: str) -> str:
    """The text of HTML that holds no elements."""
    return markup.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
