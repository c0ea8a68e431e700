from pathlib import Path

import pytest
from markdown import Markdown

from columns.source import parse
from lint.model import Content, Problem
from postscripts.markdown import PostscriptExtension
from postscripts.rules import lint_rules

PATH = "columns/2014-03-24-cable/{}.md"
HEADINGS = {"ja": ("あとがき",), "en": ("Postscript",)}


class Typesetter:
    def typeset(self, body):
        return Markdown(extensions=[PostscriptExtension(["あとがき", "Postscript"])]).convert(body)


RULES = lint_rules(
    {"TYPESETTER": Typesetter(), "POSTSCRIPT_HEADINGS": HEADINGS, "LANGUAGES": HEADINGS}
)


def problems(lang, body):
    return list(RULES.each[0](parse(PATH.format(lang), f"Title: x\n\n{body}")))


def test_a_postscript_opens_in_the_files_language():
    """A Japanese column ends in あとがき, an English one in a postscript."""
    message = '"Postscript" opens the postscript in another language; write ## あとがき'
    assert [Problem(PATH.format("ja"), 5, message)] == problems("ja", "a\n\n## Postscript\n\nb")
    assert problems("ja", "a\n\n## あとがき\n\nb") == []
    assert problems("en", "a\n\n■ postscript\n\nb") == []


MISSING = (
    'the column must end with its postscript: a last section "## Postscript"'
    " with text, or the header Postscript: none"
)
NO_TEXT = "no text before the postscript; write it"

ENDS = {
    "no section": (3, MISSING, "a"),
    "a heading and nothing": (5, MISSING, "a\n\n## Postscript"),
    "a comment": (7, MISSING, "a\n\n## Postscript\n\n<!-- later -->"),
    "a line": (7, MISSING, "a\n\n## Postscript\n\n---"),
    "spaces in disguise": (7, MISSING, "a\n\n## Postscript\n\n&nbsp;&#8203;\u3000"),
    "nothing before it": (3, NO_TEXT, "## Postscript\n\nb"),
    "a comment before it": (3, NO_TEXT, "<!-- a -->\n\n## Postscript\n\nb"),
}


@pytest.mark.parametrize(("line", "message", "body"), ENDS.values(), ids=ENDS)
def test_a_column_and_its_postscript_say_something(line, message, body):
    """What shows nothing to a reader is no text."""
    assert [Problem(PATH.format("en"), line, message)] == problems("en", body)


@pytest.mark.parametrize("end", ["![a cat](cat.png)", "…", "*b*", "<!-- c --> b"])
def test_a_postscript_may_be_short(end):
    """One picture or one sign is something."""
    assert problems("en", f"a\n\n## Postscript\n\n{end}") == []


def test_a_language_has_its_list_and_the_years_that_a_reader_of_it_finds_there():
    """A column that lacks the language brings its own year into the list all the same."""
    texts = {
        "columns/2014-03-24-cable/ja.md": "",
        "columns/2015-06-12-box/ja.md": "Postscript: none\n",
        "columns/2015-06-12-box/en.md": "",
        "columns/2016-02-18-fibre/ja.md": "Postscript: none\n",
        "pages/about/ja.md": "",
    }
    sources = tuple(parse(path, f"Title: x\n{headers}\na") for path, headers in texts.items())
    offered = Content(Path(), sources, RULES.addresses).addresses()
    expected = {
        "ja": {"", "2014/", "feed.atom", "feed.json", "feed.rss"},
        "en": {"", "2014/", "2015/", "feed.atom", "feed.json", "feed.rss"},
    }
    assert offered == {
        f"/{lang}/postscripts/{name}" for lang, names in expected.items() for name in names
    }
