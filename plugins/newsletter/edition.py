"""From a text of the site to an edition: both parts of the mail, the same for all recipients."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from lxml import etree, html
from markupsafe import Markup

from newsletter.errors import EditionError
from newsletter.kinsoku import Measure
from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE, Edition
from newsletter.plain import Block, PlainText, labelled, tidy
from newsletter.settings import SenderLines
from newsletter.wording import Links, Say, Wording

Values = Mapping[str, object]
"""What a template shows, by name."""

MAX_HTML_BYTES = 60_000
"""Gmail shows no more than 102 KB of a mail and hides the rest, the footer first."""

SPACELESS = frozenset({"ja", "zh"})
"""Languages without spaces between words; their fonts make ambiguous characters full-width."""

_RULE = "─"


@dataclass(frozen=True, slots=True)
class Version:
    """The same text in another language: its tag and own name, the title, a whole address."""

    lang: str
    language: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Manuscript:
    """What an edition is made of, a column or a digest.

    `body` and `postscript` are HTML with whole addresses. `source` names it in messages.
    """

    id: str
    slug: str
    lang: str
    title: str
    date: str
    summary: str
    body: str
    postscript: str | None
    url: str
    alternates: tuple[Version, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Privacy:
    """The page that says what becomes of an address; `lang` where it is in another language."""

    url: str
    label: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every edition of a language says of who sends it.

    `say` says any phrase of the language; `columns` is how wide the text part is.
    """

    site: str
    sender: SenderLines
    contact: str
    privacy: Privacy | None
    columns: int
    say: Say

    @property
    def lines(self) -> tuple[object, ...]:
        """All that it says but phrases."""
        return (self.site, self.sender, self.contact, self.privacy, self.columns)


def edition_of(
    manuscript: Manuscript, imprint: Imprint, print_: Callable[[Values], str]
) -> Edition:
    """Return a manuscript as an edition; `print_` makes the HTML part of a template's values.

    Raises EditionError where a mailbox would cut its footer off, or where it holds one of the
    places that a recipient's addresses take.
    """
    markup, text = print_(values_of(manuscript, imprint)), text_of(manuscript, imprint)
    for place in (UNSUBSCRIBE_PLACE, LANGUAGE_PLACE):
        if text.count(place) > 1 or markup.count(place) > 1:
            written = place.replace("{{", "{{ ").replace("}}", " }}")
            raise EditionError(
                f"{manuscript.source}: {place} stands for a recipient's address in its mail;"
                f" write {written}"
            )
    if (size := len(markup.encode())) > MAX_HTML_BYTES:
        raise EditionError(
            f"{manuscript.source}: the HTML part of its mail has {size:,} bytes, and mailboxes cut"
            f" off what is beyond {MAX_HTML_BYTES:,}; make two columns of it"
        )
    return Edition(
        id=f"{manuscript.id}/{manuscript.lang}",
        slug=manuscript.slug,
        lang=manuscript.lang,
        subject=manuscript.title,
        preheader=manuscript.summary,
        text=text,
        html=markup,
        url=manuscript.url,
        alternates={version.lang: version.url for version in manuscript.alternates},
    )


def values_of(manuscript: Manuscript, imprint: Imprint) -> Values:
    """Return what the template of the HTML part shows."""
    postscript = manuscript.postscript and without_images(manuscript.postscript, imprint.say)
    return {
        "lang": manuscript.lang,
        "t": imprint.say,
        "title": manuscript.title,
        "dateline": _dateline(manuscript, imprint),
        "preheader": manuscript.summary,
        "body": Markup(without_images(manuscript.body, imprint.say)),  # noqa: S704  typeset HTML
        "postscript": postscript and Markup(postscript),  # noqa: S704  likewise
        "url": manuscript.url,
        "alternates": manuscript.alternates,
        "imprint": imprint,
        "unsubscribe": UNSUBSCRIBE_PLACE,
        "change": LANGUAGE_PLACE,
    }


def without_images(markup: str, say: Say) -> str:
    """Return HTML with the words for each image in its place, and a link to it.

    Nothing in a mail is fetched: that would tell when and where it is read.
    """
    if "<img" not in markup:
        return markup
    root = parsed(markup)
    for image in list(root.iter("img")):
        alt = image.get("alt")
        words = etree.Element("span")
        words.text = f"{say('newsletter.figure')}{alt} " if alt else ""
        link = etree.SubElement(words, "a", {"href": image.get("src", "")})
        link.text = say("newsletter.picture")
        words.tail = image.tail
        parent = image.getparent()
        if parent is not None:
            parent.replace(image, words)
    inner = (html.tostring(child, encoding="unicode") for child in root)
    return escape(root.text or "", quote=False) + "".join(inner)


def text_of(manuscript: Manuscript, imprint: Imprint) -> str:
    """Return the text part in the house form."""
    return tidy(_blocks(manuscript, imprint))


def _blocks(manuscript: Manuscript, imprint: Imprint) -> Iterator[Block]:
    spaced = is_spaced(manuscript.lang)
    measure = measure_of(imprint, manuscript.lang)
    wording = Wording(
        lambda key, **given: imprint.say(f"newsletter.{key}", **given), Links(), spaced
    )
    plain = PlainText(measure, wording)
    rule = [_RULE * (measure.columns // measure.width(_RULE))]
    yield [*measure.lines(manuscript.title), *measure.lines(_dateline(manuscript, imprint))]
    yield rule
    yield from plain.whole(parsed(manuscript.body))
    yield rule
    if manuscript.postscript is not None:
        yield labelled("■ ", imprint.say("column.postscript"), measure)
        yield from plain.whole(parsed(manuscript.postscript))
        yield rule
    yield from _footer(manuscript, imprint, measure)


def _dateline(manuscript: Manuscript, imprint: Imprint) -> str:
    return imprint.say("newsletter.dateline", site=imprint.site, date=manuscript.date)


def _footer(manuscript: Manuscript, imprint: Imprint, measure: Measure) -> Iterator[Block]:
    say = imprint.say

    yield leading(say("newsletter.web"), manuscript.url, measure)
    for other in manuscript.alternates:
        yield leading(f"{other.language}: {other.title}", other.url, measure)
    yield measure.lines(say("newsletter.why"))
    yield leading(say("newsletter.change"), LANGUAGE_PLACE, measure)
    yield leading(say("newsletter.unsubscribe"), UNSUBSCRIBE_PLACE, measure)
    yield from closing(imprint, measure)


def closing(imprint: Imprint, measure: Measure) -> Iterator[Block]:
    """Yield who sends, as the law asks every mail to say, and what becomes of an address."""
    contact = f"{imprint.say('newsletter.contact')} {imprint.contact}"
    lines = (imprint.sender.name, imprint.sender.postal_address, contact)
    yield [line for text in lines for line in measure.lines(text)]
    if imprint.privacy:
        yield leading(imprint.privacy.label, imprint.privacy.url, measure)


def leading(label: str, url: str, measure: Measure) -> Block:
    """Return words and, on a line of its own, the address that they lead to."""
    return [*measure.lines(label), url]


def measure_of(imprint: Imprint, lang: str) -> Measure:
    """Return how wide the lines of a language are."""
    return Measure(imprint.columns, ambiguous=1 if is_spaced(lang) else 2)


def is_spaced(lang: str) -> bool:
    """Tell whether a language has spaces between words."""
    return lang.partition("-")[0] not in SPACELESS


def parsed(markup: str) -> html.HtmlElement:
    """Return typeset HTML as the children of one element."""
    return html.fragment_fromstring(markup, create_parent="div")
