import pytest
from hypothesis import given
from hypothesis import strategies as st

from typesetting.soft_breaks import join_soft_breaks

JOINED = {
    "in a paragraph": ("<p>一語</p>", "一\n語"),
    "behind a full stop": ("<p>終わる。次</p>", "終わる。\n次"),
    "before an opening bracket": ("<p>語「引用」</p>", "語\n「引用」"),
    "full-width Latin": ("<p>ＡＢ</p>", "Ａ\nＢ"),
    "trailing and leading spaces": ("<p>一語</p>", "一 \n 語"),
    "before strong": ("<p>です。<strong>強調</strong>です</p>", "です。\n**強調**です"),
    "behind strong": ("<p><strong>強調</strong>です</p>", "**強調**\nです"),
    "between two elements": (
        "<p><strong>強</strong><em>調</em></p>",
        "**強**\n*調*",
    ),
    "raw inline HTML": ("<p>語<b>太い</b>字</p>", "語\n<b>太い</b>\n字"),
    "code of wide characters": ("<p><code>コード</code>です</p>", "`コード`\nです"),
    "behind an ellipsis": ("<p>本文……次</p>", "本文……\n次"),
    "list item": ("<ul>\n<li>一語</li>\n</ul>", "- 一\n  語"),
    "quotation": ("<blockquote>\n<p>一語</p>\n</blockquote>", "> 一\n> 語"),
    "full-width stop, then narrow": ("<p>です。99%</p>", "です。\n99%"),
    "narrow, then full-width bracket": ("<p>TCP「語」</p>", "TCP\n「語」"),
    "Chinese": ("<p>网络，断了</p>", "网络，\n断了"),
}

KEPT = {
    "both narrow": "one\ntwo",
    "wide, then narrow": "語\nTCP",
    "narrow, then wide": "TCP\n語",
    "code of narrow characters": "語\n`ping`",
    "Hangul has word spaces": "한국\n한국",
    "narrow base under a wide reading": "{TCP|ティーシーピー}\n語",
    "an entity": "語&hellip;\n次",
}


@pytest.mark.parametrize(("expected", "source"), JOINED.values(), ids=JOINED)
def test_a_break_beside_full_width_text_is_no_space(typeset, expected, source):
    """Where an author wraps a Japanese line, the page shows no gap."""
    assert expected == typeset(source)


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_a_break_between_words_stays(typeset, source):
    """A break between words is a space."""
    assert "\n" in typeset(source)


def test_blocks_stay_on_their_own_lines(typeset):
    """A paragraph that begins with a bracket is not drawn to the one before."""
    assert typeset("語。\n\n「語」") == "<p>語。</p>\n<p>「語」</p>"


def test_a_footnote_mark_stands_above_the_line_end(typeset):
    """The number behind a full stop leaves the joint to its neighbours."""
    assert "</sup>次" in typeset("文。[^1]\n次\n\n[^1]: 注")


def test_footnotes_are_joined(typeset):
    """A wrapped footnote has no gap either."""
    assert "<p>注の続き" in typeset("文[^1]\n\n[^1]: 注の\n    続き")


@pytest.mark.parametrize(
    "source",
    ["```text\n一\n語\n```", "    一\n    語", "<pre>\n一\n語\n</pre>", "`一\n語`"],
    ids=["fenced", "indented", "raw pre", "code span"],
)
def test_code_keeps_its_lines(typeset, source):
    """Nothing inside code is touched."""
    assert "一\n語" in typeset(source)


def test_a_hard_break_stays(typeset):
    """Two spaces at a line's end still break the line."""
    assert typeset("一  \n語") == "<p>一<br>\n語</p>"


TEXT = st.text(alphabet="語。aé <>/\n가…", max_size=30)


@given(TEXT)
def test_nothing_but_breaks_and_blanks_is_taken(text):
    """Joining removes white space and no other character."""
    assert "".join(text.split()) == "".join(join_soft_breaks(text).split())


@given(st.text(alphabet="abc é,.\n", max_size=30))
def test_text_without_wide_characters_is_untouched(text):
    """An English text comes back as it was."""
    assert text == join_soft_breaks(text)
