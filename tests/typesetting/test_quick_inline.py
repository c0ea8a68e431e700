from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

from typesetting.quick_inline import QuickInline
from typesetting.ruby import RubyInline

EXTENSIONS = ["tables", "fenced_code", "footnotes", "attr_list", "def_list", "smarty"]
PIECES = [
    *"`*_[]()!<>&{}|\\\"'#:.-^ \n", "  \n", "\n\n", "**", "***", "``", "![", "[^1]", "[^1]: ",
    "[a]: ", "<b>", "</b>", "<!-- ", "-->", "&amp;", "&#38;", "<a@b.c>", "<http://a.b>", "](x)",
    "{漢|かん}", "a", "word", "語", "。", "1", "| a | b |\n|---|---|\n",
]  # fmt: skip
DOCUMENTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def markdown(*, quick):
    md = Markdown(extensions=EXTENSIONS, output_format="html")
    md.inlinePatterns.register(RubyInline(), "ruby", 175)
    if quick:
        md.treeprocessors.register(QuickInline(md), "inline", 20)
    return md


STOCK, QUICK = markdown(quick=False), markdown(quick=True)


@given(DOCUMENTS)
@settings(max_examples=600, deadline=None)
def test_skipping_patterns_never_changes_the_html(document):
    """A pattern is left out only where it could not match: the HTML is the stock one."""
    assert STOCK.reset().convert(document) == QUICK.reset().convert(document)


def test_patterns_are_really_skipped(monkeypatch):
    """A text without markup asks no pattern that needs a character it lacks."""
    asked = []
    original = QuickInline._InlineProcessor__applyPattern
    monkeypatch.setattr(
        QuickInline,
        "_InlineProcessor__applyPattern",
        lambda self, pattern, *rest: (
            asked.append(type(pattern).__name__) or original(self, pattern, *rest)
        ),
    )
    md = Markdown()
    md.treeprocessors.register(QuickInline(md), "inline", 20)
    md.convert("plain words")
    assert asked == []
    md.convert("**strong** words")
    assert set(asked) == {"DelimiterProcessor"}
