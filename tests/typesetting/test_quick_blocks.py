from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

from typesetting.quick_blocks import PlainParagraph

EXTENSIONS = [
    "abbr", "admonition", "attr_list", "def_list", "fenced_code", "footnotes", "sane_lists",
    "tables",
]  # fmt: skip
PIECES = [
    "word", "a", "語", "本文。", "「", "1", "12. ", "* ", "- ", "+ ", "# ", "##", "> ", ": ",
    "    ", "  ", "\t", "\n", "\n\n", "\n", "---", "***", "===", "| a | b |\n|---|---|\n", "|",
    "[a]: b", "[^1]", "[^1]: ", "*[abc]: def", "```\n", "{: .x }", "!!! note\n",
    "<div>", "</div>", "<b>",
]  # fmt: skip
DOCUMENTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def markdown(*, quick):
    md = Markdown(extensions=EXTENSIONS, output_format="html")
    if quick:
        md.parser.blockprocessors.register(PlainParagraph(md.parser), "plain-paragraph", 101)
    return md


STOCK, QUICK = markdown(quick=False), markdown(quick=True)


@given(DOCUMENTS)
@settings(max_examples=1000, deadline=None)
def test_plain_paragraphs_never_change_the_html(document):
    """A block is taken out of turn only where it would be a paragraph anyway."""
    assert STOCK.reset().convert(document) == QUICK.reset().convert(document)


def test_plain_sentences_are_really_taken_out_of_turn(monkeypatch):
    asked = []
    stock = QUICK.parser.blockprocessors["hashheader"]
    monkeypatch.setattr(stock, "test", lambda _, block: asked.append(block))
    QUICK.reset().convert("本文です。\nAnd a line.\n\n- a list")
    assert asked == ["- a list"]
