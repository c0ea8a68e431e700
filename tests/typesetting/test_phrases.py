import pytest
from hypothesis import given
from hypothesis import strategies as st

from typesetting.phrases import break_phrases

TITLES = {
    "Japanese": ("台湾沖で<wbr>APCN2が<wbr>切れた<wbr>月曜日", "台湾沖でAPCN2が切れた月曜日", "ja"),
    "Chinese": ("今天<wbr>是<wbr>晴天。", "今天是晴天。", "zh-Hans"),
    "English is unchanged": ("The mail stopped", "The mail stopped", "en"),
    "wide characters in English": ("On 日本語です", "On 日本語です", "en"),
    "escaped": ("1 &lt; 2 &amp; &quot;3&quot;", '1 < 2 & "3"', "en"),
    "empty": ("", "", "ja"),
}


@pytest.mark.parametrize(("expected", "title", "lang"), TITLES.values(), ids=TITLES)
def test_titles_break_between_phrases(expected, title, lang):
    """A title breaks where a reader would breathe, in languages without spaces."""
    assert expected == break_phrases(title, lang)


@given(st.text(alphabet="海底ケーブルがTCPで&<>'\" 切れた。1", max_size=30))
def test_a_title_is_escaped_whatever_it_holds(title):
    """Phrases are escaped one by one, so no character opens a tag."""
    assert "<" not in break_phrases(title, "ja").replace("<wbr>", "")
