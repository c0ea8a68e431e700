"""A file's headers and body, as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columns.source import Header, Place, parse, place_of, read

PATH = "columns/2014-03-24-cable-fault/ja.md"

LINES = st.one_of(
    st.sampled_from(
        ["", "  ", "    indented", "\tindented", "Title: 朝", "Tags:", "a: b\x0cc", "---"]
    ),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r"), max_size=20),
    st.builds("{}: {}".format, st.sampled_from(["Title", "X-y"]), st.text("ab \u2028\x1c\x85月")),
)


def letters(text):
    return "".join(text.split())


@given(st.lists(LINES))
def test_no_line_is_lost(lines):
    """What is written in a file stands in a header or in the body, in the file's order."""
    text = "\n".join(lines).removeprefix("\ufeff")
    source = parse(PATH, text)
    names = [text.split("\n")[header.line - 1].partition(":")[0] for header in source.headers]
    headers = [f"{name}:{h.value}" for name, h in zip(names, source.headers, strict=True)]
    assert letters(text) == letters("".join(headers) + source.body)


@given(st.lists(LINES))
def test_lines_are_counted_as_an_editor_counts_them(lines):
    """The body is the file from its first line on, and a header stands in the line it names."""
    text = "\n".join(lines).removeprefix("\ufeff")
    source = parse(PATH, text)
    written = text.removesuffix("\n").split("\n")
    assert source.body == "\n".join(written[source.body_line - 1 :])
    for header in source.headers:
        assert written[header.line - 1].lower().startswith(f"{header.name}:")


@pytest.mark.parametrize(
    ("text", "headers", "body", "body_line"),
    [
        pytest.param("", (), "", 2, id="empty file"),
        pytest.param("Title: 朝", (Header("title", "朝", 1),), "", 2, id="headers only"),
        pytest.param("\ufeffTitle: 朝\n\n本文\n", (Header("title", "朝", 1),), "本文", 3, id="BOM"),
        pytest.param(
            "TITLE:朝\n\n\n本文", (Header("title", "朝", 1),), "本文", 4, id="blank lines"
        ),
        pytest.param(
            "Summary: one\n    two\n\tthree\nId: x\n\nBody",
            (Header("summary", "one two three", 1), Header("id", "x", 4)),
            "Body",
            6,
            id="a value goes on in indented lines",
        ),
        pytest.param(
            "Title: 朝\nno header\nId: x",
            (Header("title", "朝", 1),),
            "no header\nId: x",
            2,
            id="a line that is no header ends them",
        ),
        pytest.param("\nTitle: 朝", (), "Title: 朝", 2, id="a blank line first ends them at once"),
        pytest.param(
            "Title: 朝\u2028夕\n\n本文", (Header("title", "朝\u2028夕", 1),), "本文", 3, id="U+2028"
        ),
    ],
)
def test_headers_end_at_the_first_line_that_is_none(text, headers, body, body_line):
    """Headers stand at the top, a value may go on indented, and the body begins after them."""
    source = parse(PATH, text)
    assert (headers, body, body_line) == (source.headers, source.body, source.body_line)


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("早朝、台湾沖でケーブルが切れた。", ["早朝、台湾沖で", "ケーブルが切れた。"]),
        ("原因は、DNS だった。", ["原因は、", "DNS だった。"]),
        ("A cable broke", ["A cable", "broke"]),
        ("失われたのは DNS だった。", ["失われたのは", "DNS だった。"]),
        ("朝", ["", "朝"]),
    ],
    ids=[
        "Japanese",
        "behind its punctuation",
        "English",
        "between the two",
        "all in the next line",
    ],
)
def test_a_value_that_goes_on_is_joined_as_a_text_is(value, lines):
    """A summary that was wrapped shows no gap in lists, feeds and mail."""
    first, second = lines
    assert parse(PATH, f"Summary: {first}\n    {second}\n\nx").value("summary") == value


def test_the_first_of_two_headers_counts():
    """A header given twice has its first value; one that is missing is empty, in line 1."""
    source = parse(PATH, "Id: a\nTitle: 朝\nTitle: 夕\n")
    assert (
        source.value("title"),
        source.line_of("title"),
        source.value("date"),
        source.line_of("date"),
    ) == ("朝", 2, "", 1)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (PATH, Place("2014-03-24", "cable-fault", "ja")),
        ("pages/about/zh-Hans.md", Place(None, "about", "zh-Hans")),
        ("columns/cable-fault/ja.md", None),
        ("columns/2014-03-24-cable-fault/old/ja.md", None),
        ("columns/2014-03-24-cable-fault/ja.txt", None),
        ("drafts/columns/2014-03-24-cable-fault/ja.md", None),
        ("about.md", None),
    ],
)
def test_the_path_says_date_slug_and_language(path, place):
    """A text lies in columns/<date>-<slug>/ or pages/<slug>/ and is named by its language."""
    assert place == place_of(path)


def test_a_path_that_fits_no_rule_is_refused():
    """The message names the file and both rules."""
    with pytest.raises(
        ValueError, match=r"^notes\.md: not columns/<date>-<slug>/<language>\.md or "
    ):
        parse("notes.md", "")


def test_a_file_from_windows_reads_as_any_other(tmp_path):
    """CR LF ends a line like LF."""
    (tmp_path / "pages/about").mkdir(parents=True)
    (tmp_path / "pages/about/en.md").write_bytes(b"Title: About\r\n\r\nOne\r\ntwo\r\n")
    source = read(tmp_path, "pages/about/en.md")
    assert (source.value("title"), source.body) == ("About", "One\ntwo")
