"""Line breaking: examples as JLREQ describes them, and laws for any text."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.kinsoku import (
    HANGING,
    NO_BREAK_SPACE,
    NOT_AT_END,
    NOT_AT_START,
    WORD_JOINER,
    Measure,
)

TEN = Measure(20, ambiguous=2)  # ten full-width characters
ENGLISH = Measure(20, ambiguous=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("回線が切れた朝のことを書く。", ["回線が切れた朝のこと", "を書く。"],
                     id="a line is full at its measure"),
        pytest.param("回線が切れた朝だった（海の底）", ["回線が切れた朝だった", "（海の底）"],
                     id="cl-01 may begin a line"),
        pytest.param("回線が切れた朝の話（海の底）", ["回線が切れた朝の話", "（海の底）"],
                     id="cl-01 ends no line"),
        pytest.param("「『一二三四五六七八』」", ["「『一二三四五六七", "八』」"],
                     id="cl-02 begins no line"),
        pytest.param("東京と上海のあいだの〜線", ["東京と上海のあいだ", "の〜線"], id="cl-03"),
        pytest.param("なぜ回り込まないのか！？", ["なぜ回り込まないの", "か！？"], id="cl-04"),
        pytest.param("東京の大きなルーター・機器", ["東京の大きなルー", "ター・機器"], id="cl-05"),
        pytest.param("その道は生きているのだ。さて", ["その道は生きているの", "だ。さて"],
                     id="cl-06 goes with its word"),
        pytest.param("その道は生きているの。さて", ["その道は生きているの。", "さて"],
                     id="cl-06 may hang"),
        pytest.param("その道は生きているの、だと", ["その道は生きているの、", "だと"],
                     id="cl-07 may hang"),
        pytest.param("その道は生きているの。」と", ["その道は生きている", "の。」と"],
                     id="cl-06 hangs only at the very end"),
        pytest.param("その道は生きているか――と", ["その道は生きているか", "――と"],
                     id="cl-08 may begin a line"),
        pytest.param("その道は生きている――と", ["その道は生きている", "――と"],
                     id="cl-08 is not parted"),
        pytest.param("待ってみたが、だめだ……", ["待ってみたが、だめだ", "……"], id="cl-08 of dots"),
        pytest.param("東京と上海と香港を結ぶ々々", ["東京と上海と香港を結", "ぶ々々"], id="cl-09"),
        pytest.param("止まってしまったサーバー", ["止まってしまったサー", "バー"], id="cl-10"),
        pytest.param("小さな書き方をするのはょ", ["小さな書き方をするの", "はょ"], id="cl-11"),
        pytest.param("値段は安くなって今￥300だ", ["値段は安くなって今", "￥300だ"], id="cl-12"),
        pytest.param("これまでの損失の率は50％だ", ["これまでの損失の率は", "50％だ"], id="cl-13"),
        pytest.param("これまでの損失は計１２３４", ["これまでの損失は計", "１２３４"],
                     id="full-width digits are a number"),
        pytest.param("夜になると必ずtraceroute", ["夜になると必ず", "traceroute"],
                     id="a Latin word is not broken"),
        pytest.param("網はpneumonoultramicroscopicの", ["網は", "pneumonoultramicroscopic", "の"],
                     id="nor one that is wider than the measure"),
        pytest.param("（4月2日）　「未定」だった", ["（4月2日）　「未定」", "だった"],
                     id="an ideographic space stays within a line"),
        pytest.param("一行目\n\n三行目", ["一行目", "", "三行目"], id="a newline ends a line"),
        pytest.param("e\u0301が並ぶ\U0001f1ef\U0001f1f5\u2764\ufe0f\U0001f44d\U0001f3fdと三四五",
                     ["e\u0301が並ぶ\U0001f1ef\U0001f1f5\u2764\ufe0f\U0001f44d\U0001f3fdと三四",
                      "五"],
                     id="what is one character to a reader"),
    ],
)  # fmt: skip
def test_japanese_lines(text, expected):
    assert expected == TEN.lines(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The morning a cable broke, we", ["The morning a cable", "broke, we"],
                     id="at spaces"),
        pytest.param("  The \t morning ", ["The morning"], id="white space is folded"),
        pytest.param("It took some real-time work", ["It took some", "real-time work"],
                     id="a hyphen within a word is no place"),
        pytest.param("We said “it’s” (all) right!", ["We said “it’s” (all)", "right!"],
                     id="quotes and brackets"),
        pytest.param("It was not so slow – it", ["It was not so slow –", "it"],
                     id="a dash stays behind its word"),
        pytest.param("Some said so—nobody knew", ["Some said so—nobody", "knew"],
                     id="a long dash is a place"),
        pytest.param("The word wait… is longer", ["The word wait… is", "longer"], id="dots"),
        pytest.param("It takes only some 300_miles", ["It takes only some", "300_miles"],
                     id="a space that holds together"),
        pytest.param("It takes around 80 ms", ["It takes around", "80 ms"],
                     id="cl-25 with a space"),
    ],
)  # fmt: skip
def test_english_lines(text, expected):
    text = text.replace("_", NO_BREAK_SPACE)
    assert expected == [line.replace(NO_BREAK_SPACE, "_") for line in ENGLISH.lines(text)]


@pytest.mark.parametrize(
    "unit",
    ["ms", "s", "µs", "GB", "KiB", "Mbit/s", "kbps", "km", "GHz", "%", "°C", "dBm", "h", "min"],
)
def test_a_number_keeps_its_unit(unit):
    """cl-25, in both languages and whatever follows."""
    for measure in (TEN, ENGLISH):
        for after in ("", ".", ", ", "の間", " or so"):
            first, *_ = Measure(1, measure.ambiguous).lines(f"1,080 {unit}{after}")
            assert first.startswith(f"1,080 {unit}")


@pytest.mark.parametrize("text", ["80 members", "80 is", "8 Minutes", "x s", "80 été", "80  次"])
def test_a_word_behind_a_number_is_no_unit(text):
    assert text.split() == Measure(1, 2).lines(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "詳しくはhttps://a.example/x?q=1を見よ",
            ["詳しくは", "https://a.example/x?q=1", "を見よ"],
        ),
        ("see https://a.example/x. Then", ["see", "https://a.example/x .", "Then"]),
        ("（https://a.example/x(y)）。次", ["（ https://a.example/x(y) ）。", "次"]),
        ("https://a.example/ https://b.example/", ["https://a.example/", "https://b.example/"]),
        ("http:// と書く", ["http:// と書く"]),
    ],
)
def test_an_address_has_its_line_for_itself(text, expected):
    """Punctuation that may begin no line stays with it, set off by a space."""
    assert expected == TEN.lines(text)


@pytest.mark.parametrize(
    ("text", "japanese", "english"),
    [
        ("abc", 3, 3), ("あ", 2, 2), ("ｱ", 1, 1), ("○→±", 6, 3), ("α", 2, 1), ("か\u3099", 2, 2),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467", 2, 2), ("\U0001f1ef\U0001f1f5", 2, 2),
        ("\u2764\ufe0f", 2, 2), ("\ud83d", 1, 1), (WORD_JOINER, 0, 0), ("", 0, 0),
    ],
)  # fmt: skip
def test_the_width_of_a_text(text, japanese, english):
    """Characters of ambiguous width take two columns in Japanese, combining ones none."""
    assert (japanese, english) == (TEN.width(text), ENGLISH.width(text))


def test_a_word_joiner_holds_together():
    assert ["一二三四五六七八九", f"十{WORD_JOINER}[1]"] == TEN.lines(
        f"一二三四五六七八九十{WORD_JOINER}[1]"
    )


LETTERS = st.sampled_from(
    "日本語かなカナabcXYZ019,.;:!?()[]{}-–—―…‥ 　\t\u00a0\u2060\u200d"
    "、。，．・：！？「」『』（）々ゝーｰぁっャｧｱ￥％℃αЖ○→“”‘’'\"\u0301\u3099\ufe0f\u2764"
    "\U0001f1ef\U0001f1f5\U0001f44d\U0001f3fd\n"
)
ADDRESSES = st.sampled_from(["https://a.example/", "http://b.example/x(y)?q=1#z", "https://c"])
UNITS = st.sampled_from(["ms", "GB", "Mbit/s", "80 ms", "6 GB ", " %", "s", "h"])
TEXTS = st.one_of(st.text(LETTERS), st.text(), st.lists(LETTERS | ADDRESSES | UNITS).map("".join))
MEASURES = st.builds(Measure, st.integers(1, 40), st.sampled_from([1, 2]))


def without_space(text):
    return "".join(text.split())


@given(TEXTS, MEASURES)
@example("「https://a.example/」。", TEN)
def test_the_text_survives(text, measure):
    """Nothing but white space comes or goes."""
    assert without_space(text) == without_space("".join(measure.lines(text)))


@given(TEXTS, MEASURES)
def test_no_forbidden_character_begins_or_ends_a_line(text, measure):
    """Only where the text itself begins or ends with one."""
    for part in text.split("\n"):
        lines = measure.lines(part)
        assert [] == [line for line in lines[1:] if line[0] in NOT_AT_START]
        assert [] == [line for line in lines[:-1] if line[-1] in NOT_AT_END]


@given(TEXTS, MEASURES)
def test_only_what_cannot_be_parted_is_wider_than_the_measure(text, measure):
    """A line that is too wide has no place to break, or one hanging character too many."""
    for line in measure.lines(text):
        over = measure.width(line) - measure.columns
        hangs = line != "" and line[-1] in HANGING and over <= 2
        assert over <= 0 or hangs or Measure(1, measure.ambiguous).lines(line) == [line]


@given(TEXTS, MEASURES)
def test_a_finished_line_stays_as_it_is(text, measure):
    for line in measure.lines(text):
        assert measure.lines(line) == [line]


@given(st.lists(st.text("abcdefg", min_size=1)).map(" ".join), MEASURES)
def test_finished_english_stays_as_it_is(text, measure):
    lines = measure.lines(text)
    assert lines == measure.lines(" ".join(lines))


@given(st.lists(st.sampled_from(["80", "６", "ms", "GB", "h", "次", "broke."])), MEASURES)
def test_no_line_ends_between_a_number_and_its_unit(words, measure):
    for line, following in pairwise(measure.lines(" ".join(words))):
        assert not (line[-1].isdigit() and following.split()[0] in {"ms", "GB", "h"})


@given(TEXTS, MEASURES)
def test_no_line_ends_before_it_must(text, measure):
    """What begins a line did not fit on the one before, unless an address stands on either."""
    for part in text.split("\n"):
        lines = measure.lines(part)
        for line, following in pairwise(lines):
            if "://" not in line + following:
                first = Measure(1, measure.ambiguous).lines(following)[0]
                assert measure.width(line + first.removesuffix(first[-1])) > measure.columns - 3


@given(st.lists(st.tuples(st.text(LETTERS), ADDRESSES)), MEASURES)
def test_addresses_are_never_cut_and_stand_alone(pieces, measure):
    """On a line with an address stands nothing that may be parted from it."""
    lines = measure.lines("".join(f"{text} {url} " for text, url in pieces))
    with_address = [line for line in lines if "://" in line]
    words = [word for line in with_address for word in line.split(" ")]
    assert [url for _, url in pieces] == [word for word in words if "://" in word]
    for line in with_address:
        assert Measure(1, measure.ambiguous).lines(line) == [line]
