import pytest
from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from typesetting.markdown import TypesetError, Typesetter


class Shout(Preprocessor):
    calls = 0

    def run(self, lines):
        type(self).calls += 1
        return [line.upper() for line in lines]


class Shouting(Extension):
    def extendMarkdown(self, md: Markdown):  # noqa: N802  Markdown's own name
        md.preprocessors.register(Shout(md), "shout", 1)


def test_plugins_may_add_extensions_until_the_first_text_is_set():
    """An extension appended after the Typesetter was made still counts."""
    options = {"extensions": []}
    typesetter = Typesetter(options)
    options["extensions"].append(Shouting())
    assert typesetter.typeset("cable") == "<p>CABLE</p>"


def test_each_text_is_set_once():
    """Reader, lint and postscripts ask for the same text; the work is done once."""
    Shout.calls = 0
    typesetter = Typesetter({"extensions": [Shouting()]})
    assert [typesetter.typeset("a"), typesetter.typeset("a")] == ["<p>A</p>", "<p>A</p>"]
    assert Shout.calls == 1


def test_a_text_leaves_nothing_to_the_next(typeset):
    """Footnotes and link definitions of one column never show up in another."""
    typeset("A[^1] [x]\n\n[^1]: note\n[x]: https://example.com/")
    assert typeset("B[^1] [x]") == "<p>B[^1] [x]</p>"


def test_a_body_may_begin_with_a_colon_line():
    """Headers end before the body: its first line is text even if it looks like a header."""
    typesetter = Typesetter({"extensions": ["markdown.extensions.meta"]})
    assert typesetter.typeset("Note: text") == "<p>Note: text</p>"


def test_a_footnote_leads_back_without_an_english_phrase(typeset):
    """A Japanese page carries no English tooltip."""
    html = typeset("本文[^1]\n\n[^1]: 注")
    assert '<a class="footnote-backref" href="#fnref:1">&#8617;\ufe0e</a>' in html
    assert "Jump back" not in html


def test_a_text_that_cannot_be_set_leaves_the_next_one_whole():
    """Five hundred nested lists are one text's fault, in words its author can act on."""
    typesetter = Typesetter({})
    deep = "\n".join(f"{'    ' * depth}- x" for depth in range(500))
    with pytest.raises(TypesetError, match="nested too deeply; flatten them"):
        typesetter.typeset(deep)
    assert typesetter.typeset("a\n\nb") == "<p>a</p>\n<p>b</p>"
