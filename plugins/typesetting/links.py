"""Where a link or an image leads: from what an author wrote to an address of the site.

An author points to files, as an editor shows them: `../2014-03-24-cable-fault/ja.md`,
`figure.svg`, also in Pelican's forms `{filename}…`, `{static}…` and `{attach}…`, where a
leading slash means the content folder. Knows no Pelican: a build and the lint ask the
same functions.
"""

import posixpath
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

Address = tuple[str, str]
"""An address and the language of what lies there."""

Found = TypeVar("Found")

_TAG = re.compile(
    r"""<!--.*?-->|<(?P<tag>a|img)(?P<attributes>(?:\s[^"'>]*(?:(?:"[^"]*"|'[^']*')[^"'>]*)*)?)>""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_ANY_TAG = re.compile(
    r"""<(?P<tag>[a-zA-Z][\w-]*)(?P<attributes>(?:\s[^"'>]*(?:(?:"[^"]*"|'[^']*')[^"'>]*)*)?)>"""
)
_REFERRING = frozenset({"aria-labelledby", "aria-describedby", "headers"})
_FORM = re.compile(r"\{(?P<form>\w+)\}(?P<path>.*)", re.DOTALL)
_FORMS = frozenset({"filename", "static", "attach"})


class LinkError(ValueError):
    """A reference that is none or leads nowhere; the message says why and what to write."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file below `content/`, and the query and fragment that follow it."""

    path: str
    tail: str

    @property
    def is_text(self) -> bool:
        """Tell a column or page from a file beside it."""
        return self.path.endswith(".md")


def parts_of(reference: str) -> SplitResult:
    """Return the parts of an address as written. Raises LinkError where it is none (RFC 3986)."""
    try:
        parts = urlsplit(reference)
        if parts.scheme not in {"http", "https"} or (parts.hostname and parts.port != 0):
            return parts
    except ValueError:
        pass
    message = "is no address; write it as browsers show it, https://example.com/"
    raise LinkError(f'"{reference}" {message}')


def target_of(reference: str, path: str) -> Target | None:
    """Return the file that a reference in the text at `path` means.

    None for what is no file: other sites, mail, telephone, a fragment of the same text,
    an address that begins with a slash. Raises LinkError for a form that does not exist or that
    holds no path, for a path that leaves the content folder, and for what is no address.
    """
    reference = reference.strip()
    form = _FORM.fullmatch(reference)
    if form and form["form"] not in _FORMS:
        raise LinkError(f'"{reference}": no such form; write {{filename}}../other/ja.md')
    written = parts_of(form["path"] if form else reference)
    if form and (written.scheme or written.netloc or not written.path):
        raise LinkError(f'"{reference}" names no file; write {{{form["form"]}}}../other/ja.md')
    if written.scheme or written.netloc or not written.path:
        return None
    from_root = written.path.startswith("/")
    if from_root and not form:
        return None
    start = "" if from_root else posixpath.dirname(path)
    meant = posixpath.normpath(posixpath.join(start, unquote(written.path).lstrip("/")))
    if meant.startswith("../"):
        raise LinkError(f'"{reference}" leads out of content/')
    query = f"?{written.query}" if written.query else ""
    fragment = f"#{written.fragment}" if written.fragment else ""
    return Target(meant, f"{query}{fragment}")


def text_at(
    path: str, lang: str, languages: Iterable[str], find: Callable[[str], Found | None]
) -> Found | None:
    """Return what `find` finds for a text: in `lang`, else as written, else in any language.

    `path` must be that of a text in some language: a misspelt name leads nowhere.
    """
    folder = posixpath.dirname(path)
    siblings = [f"{folder}/{other}.md" for other in languages]
    if path not in siblings:
        return find(path)
    for candidate in (f"{folder}/{lang}.md", path, *siblings):
        if (found := find(candidate)) is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class Linker:
    """Resolves every link and image of a typeset text.

    `text` maps a path below `content/` to its address and language, `file` one to the
    address under which it is published, each to None for nothing; `image` makes an
    image's HTML of its path, its attributes and a prefix for ids, and raises ValueError
    where it cannot. `base` is the site's path and goes before addresses that an author
    wrote out.
    """

    languages: Sequence[str]
    text: Callable[[str], Address | None]
    file: Callable[[str], str | None]
    image: Callable[[str, Mapping[str, str], str], str]
    base: str = ""

    def destination(self, reference: str, path: str, lang: str) -> Address | None:
        """Return where a link in the text at `path` leads, or None where it stays as written.

        Raises LinkError for what leads nowhere.
        """
        target = target_of(reference, path)
        if target is None:
            own = is_own_address(reference) and self.base
            return (f"{self.base}{reference}", lang) if own else None
        found = (
            self._to_text(reference, target, lang)
            if target.is_text
            else (self._to_file(reference, target), lang)
        )
        return f"{found[0]}{target.tail}", found[1]

    def rewrite(self, html: str, path: str, lang: str) -> tuple[str, tuple[str, ...]]:
        """Return the HTML of the text at `path` with all references resolved, and the faults.

        What cannot be resolved stays as written.
        """
        page = _Page(self, path, lang)
        return _TAG.sub(page.rewritten, html), tuple(page.faults)

    def _to_text(self, reference: str, target: Target, lang: str) -> Address:
        found = text_at(target.path, lang, self.languages, self.text)
        if found is None:
            raise LinkError(
                f'link "{reference}": no published text at content/{target.path};'
                " it is missing, a draft, or dated later"
            )
        return found

    def _to_file(self, reference: str, target: Target) -> str:
        address = self.file(target.path)
        if address is None:
            raise LinkError(f'link "{reference}": no file to publish at content/{target.path}')
        return address


@dataclass(slots=True)
class _Page:
    linker: Linker
    path: str
    lang: str
    faults: list[str] = field(default_factory=list)
    images: int = 0

    def rewritten(self, found: re.Match[str]) -> str:
        if found["tag"] is None:  # a comment
            return found[0]
        attributes = attributes_of(found["attributes"])
        try:
            if found["tag"].lower() == "img":
                return self._image(attributes) or found[0]
            return self._link(attributes) or found[0]
        except ValueError as error:
            self.faults.append(str(error))
            return found[0]

    def _image(self, attributes: dict[str, str]) -> str | None:
        reference = attributes.get("src", "")
        target = target_of(reference, self.path)
        if target is None:
            return None
        self.images += 1
        prefix = f"f{self.images}-{posixpath.basename(posixpath.dirname(self.path))}-"
        try:
            return self.linker.image(target.path, attributes, prefix)
        except ValueError as error:
            raise LinkError(f'image "{reference}": {error}') from error

    def _link(self, attributes: dict[str, str]) -> str | None:
        found = self.linker.destination(attributes.get("href", ""), self.path, self.lang)
        if found is None:
            return None
        address, lang = found
        attributes["href"] = address
        if lang != self.lang:
            attributes["hreflang"] = lang
        return start_tag("a", attributes)


def references_in(html: str) -> list[str]:
    """Return where the links of a typeset text lead, as their author wrote it, each once."""
    tags = (tag for tag in _TAG.finditer(html) if (tag["tag"] or "").lower() == "a")
    found = (attributes_of(tag["attributes"]).get("href", "") for tag in tags)
    return list(dict.fromkeys(filter(None, found)))


def attributes_of(written: str) -> dict[str, str]:
    """Return a tag's attributes by lower-case name, their values as the browser reads them."""
    return {
        name.lower(): unescape(value[1:-1] if value[:1] in {'"', "'"} else value)
        for name, value in _ATTRIBUTE.findall(written)
    }


def start_tag(name: str, attributes: Mapping[str, str]) -> str:
    """Return an element's start, its attributes escaped."""
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"


def with_own_ids(html: str, prefix: str, page: str) -> str:
    """Return the HTML with `prefix` before its ids and before what refers to them within it.

    In a feed or a list several texts stand on one page, each with a footnote 1. A fragment
    that no id stands behind is one of the text's own page, whose whole address is `page`.
    """
    tags = [attributes_of(tag["attributes"]) for tag in _ANY_TAG.finditer(html)]
    ids = frozenset(tag["id"] for tag in tags if tag.get("id"))

    def renamed(tag: re.Match[str]) -> str:
        given = attributes_of(tag["attributes"])
        own = {name: _own(name, value, ids, prefix, page) for name, value in given.items()}
        return tag[0] if own == given else start_tag(tag["tag"], own)

    return _ANY_TAG.sub(renamed, html)


def _own(name: str, value: str, ids: Container[str], prefix: str, page: str) -> str:
    if name == "id" and value:
        return f"{prefix}{value}"
    if name == "href" and value.startswith("#"):
        known = unquote(value[1:])
        return f"#{prefix}{known}" if known in ids else f"{page}{value}"
    if name in _REFERRING:
        return " ".join(f"{prefix}{each}" if each in ids else each for each in value.split())
    return value


def path_on_site(reference: str, siteurl: str) -> str | None:
    """Return the path of an own address, the site's base path taken off, else None.

    Authors write `/ja/status/` without the base path, or the whole URL with it.
    """
    reference = reference.strip()
    if is_own_address(reference):
        return unquote(parts_of(reference).path)
    site, parts = urlsplit(siteurl), parts_of(reference)
    if not site.netloc or parts.netloc != site.netloc or parts.scheme not in {"", "http", "https"}:
        return None
    return unquote(parts.path.removeprefix(site.path.rstrip("/")) or "/")


def is_own_address(reference: str) -> bool:
    """Tell an address of this site (`/ja/status/`) from `//host/…` and from files."""
    return reference.startswith("/") and not reference.startswith("//")
