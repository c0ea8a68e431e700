from markdown import Markdown

from columns.source import parse
from lint.model import Problem
from postscripts.markdown import PostscriptExtension
from postscripts.rules import lint_rules

PATH = "columns/2014-03-24-cable/{}.md"
HEADINGS = {"ja": ("あとがき",), "en": ("Postscript",)}


class Typesetter:
    def typeset(self, body):
        return Markdown(extensions=[PostscriptExtension(["あとがき", "Postscript"])]).convert(body)


def problems(lang, body):
    rules = lint_rules({"TYPESETTER": Typesetter(), "POSTSCRIPT_HEADINGS": HEADINGS})
    return list(rules.each[0](parse(PATH.format(lang), f"Title: x\n\n{body}")))


def test_a_postscript_opens_in_the_files_language():
    """A Japanese column ends in あとがき, an English one in a postscript."""
    message = '"Postscript" opens the postscript in another language; write ## あとがき'
    assert [Problem(PATH.format("ja"), 5, message)] == problems("ja", "a\n\n## Postscript\n\nb")
    assert problems("ja", "a\n\n## あとがき\n\nb") == []
    assert problems("en", "a\n\n■ postscript\n\nb") == []
