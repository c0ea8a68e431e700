import xml.etree.ElementTree as etree

import pytest

SOURCE = """\
| 月 | 損失 | 遅延 |
| :- | :-: | ---: |
| 三月 | 1% | 80 |
"""


@pytest.fixture
def frame(typeset):
    return etree.fromstring(typeset(SOURCE))


def test_alignment_is_a_class(frame):
    """The page's policy blocks style=, so that columns are aligned by a class."""
    classes = [[cell.get("class") for cell in row] for row in frame.iter("tr")]
    assert [["align-left", "align-center", "align-right"]] * 2 == classes
    assert [] == [element for element in frame.iter() if element.get("style")]


def test_a_table_scrolls_by_keyboard_and_has_a_name(frame):
    """What takes the focus is named, after the header row."""
    expected = {
        "class": "table-scroll",
        "tabindex": "0",
        "role": "group",
        "aria-label": "月 / 損失 / 遅延",
    }
    assert expected == frame.attrib
    assert ["table"] == [child.tag for child in frame]


def test_a_label_is_the_text_that_is_seen(typeset):
    """Emphasis, code, escapes and raw tags in a header leave only words in the label."""
    html = typeset("| **a** | `b<c` | \\*d | <b>e</b> |\n|---|---|---|---|\n| 1 | 2 | 3 | 4 |")
    assert 'aria-label="a / b&lt;c / *d / e"' in html


def test_a_table_without_header_has_no_role(typeset):
    """No name, no role: an empty group would be announced as nothing."""
    html = typeset("| | |\n|---|---|\n| 1 | 2 |")
    assert "role=" not in html
    assert 'tabindex="0"' in html


def test_an_empty_header_cell_is_a_plain_cell(typeset):
    """A corner cell heads nothing, and says so."""
    html = typeset("| | b |\n|---|---|\n| 1 | 2 |")
    assert "<tr>\n<td></td>\n<th>b</th>\n</tr>" in html


def test_a_paragraph_without_bar_is_no_table(typeset):
    """Dashes alone make no table."""
    assert "<table" not in typeset("a\n---\nb")
