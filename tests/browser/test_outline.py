"""The shape of every built page: one title, an outline without gaps, each language by its name."""

import re

from tests.browser.kinds import LANGUAGES

JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uff66-\uff9f]+")
ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z'’]+\b[,;]? ){4}")  # five words are a sentence, two a name
UNREAD = ("script", "style", "code", "pre", "kbd", "samp")
SPOKEN = ("aria-label", "alt", "title", "placeholder")


def faults(documents, find):
    """Return what `find` finds, by address, for the pages where it finds anything."""
    found = {address: list(find(page)) for address, page in documents.items()}
    return {address: what for address, what in found.items() if what}


def language(element):
    """Return the language that an element stands in."""
    return next(iter(element.xpath("ancestor-or-self::*[@lang][1]/@lang")), "")


def spoken(page):
    """Yield every text of a page that is read out, with its language."""
    for element in page.iter(*({e.tag for e in page.iter() if isinstance(e.tag, str)} - {*UNREAD})):
        if element.xpath("ancestor::*[self::pre or self::code]"):
            continue
        texts = (element.text, *(child.tail for child in element))
        labels = (element.get(name) for name in SPOKEN)
        yield from ((text, language(element)) for text in (*texts, *labels) if text)


def test_a_page_has_one_title_and_one_main_part(documents):
    """One h1, inside the one main part."""

    def counted(page):
        counts = {path: len(page.xpath(path)) for path in ("//h1", "//main//h1", "//main")}
        return (f"{path}: {count}" for path, count in counts.items() if count != 1)

    assert {} == faults(documents, counted)


def test_headings_skip_no_level(documents):
    """The outline goes down one step at a time, so that a reader can jump by it."""

    def skipped(page):
        levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        return [f"h{a} then h{b}" for a, b in zip([0, *levels], levels, strict=False) if b > a + 1]

    assert {} == faults(documents, skipped)


def test_navigations_have_names_that_differ(documents):
    """Two landmarks of a kind are told apart by what they are called."""

    def unnamed(page):
        names = [nav.get("aria-label") for nav in page.iter("nav")]
        return names if None in names or len(names) != len(set(names)) else []

    assert {} == faults(documents, unnamed)


def test_a_page_is_in_the_language_of_its_address(documents):
    wrong = {
        address: page.get("lang")
        for address, page in documents.items()
        if (first := address.split("/")[1]) in LANGUAGES and page.get("lang") != first
    }
    assert {} == wrong


def test_japanese_is_called_japanese(documents):
    """No Japanese stands where a screen reader would read it as English.

    But for the page that lists all languages: its title is the site's name in each.
    """

    def mistaken(page):
        doors = {page.findtext(".//title"), page.findtext(".//h1/span")}
        named = doors if page.xpath("//*[@class='doors']") else set()
        return (
            text
            for text, lang in spoken(page)
            if lang != "ja" and JAPANESE.search(text) and text not in named
        )

    assert {} == faults(documents, mistaken)


def test_english_is_called_english(documents):
    """No English sentence stands where a screen reader would read it as Japanese."""

    def mistaken(page):
        return (text for text, lang in spoken(page) if lang != "en" and ENGLISH.search(text))

    assert {} == faults(documents, mistaken)


def test_a_link_to_another_language_says_so(documents):
    """A link that leaves the page's language has `hreflang`; one in a list has `lang` as well.

    In running text a link is in the words of its sentence; in a list it is the other page's title.
    """

    def silent(page):
        for link in page.xpath("//a[starts-with(@href, '/')]"):
            there = link.get("href").split("/")[1]
            if there not in LANGUAGES or there == page.get("lang"):
                continue
            title = not link.xpath("ancestor::*[contains(@class, 'prose')]")
            if link.get("hreflang") != there or (title and language(link) != there):
                yield link.get("href")

    assert {} == faults(documents, silent)
