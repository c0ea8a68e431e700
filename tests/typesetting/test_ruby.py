import pytest

RUBY = "<ruby>漢字<rp>（</rp><rt>かんじ</rt><rp>）</rp></ruby>"

SET = {
    "in a sentence": (f"<p>この{RUBY}は</p>", "この{漢字|かんじ}は"),
    "in a heading": (f"<h2>{RUBY}</h2>", "## {漢字|かんじ}"),
    "in strong": (f"<p><strong>{RUBY}</strong></p>", "**{漢字|かんじ}**"),
    "in a link": (f'<p><a href="x">{RUBY}</a></p>', "[{漢字|かんじ}](x)"),
    "as plain text in alt": (
        '<p>a <img alt="漢字（かんじ）" src="x"></p>',
        "a ![{漢字|かんじ}](x)",
    ),
}

KEPT = {
    "in a code span": ("<p><code>{漢字|かんじ}</code></p>", "`{漢字|かんじ}`"),
    "escaped": ("<p>{漢字|かんじ}</p>", r"\{漢字|かんじ}"),
    "no reading": ("<p>{漢字} と {漢字|} と {|かんじ}</p>", "{漢字} と {漢字|} と {|かんじ}"),
    "a lone brace": ("<p>if (x) { y | z</p>", "if (x) { y | z"),
    "over a line's end": ("<p>{漢字|かん\nABC}</p>", "{漢字|かん\nABC}"),
}


@pytest.mark.parametrize(("expected", "source"), SET.values(), ids=SET)
def test_a_reading_stands_above_its_word(typeset, expected, source):
    """`{漢字|かんじ}` is ruby, with brackets for browsers that have none."""
    assert expected == typeset(source)


@pytest.mark.parametrize(("expected", "source"), KEPT.values(), ids=KEPT)
def test_what_is_no_ruby_stays_as_written(typeset, expected, source):
    """Braces mean themselves unless the whole form matches, and always in code."""
    assert expected == typeset(source)


def test_ruby_does_not_split_a_table_row(typeset):
    """The bar of ruby is no border between cells."""
    html = typeset("| a | b |\n|---|---|\n| {漢字|かんじ} | `{x|y}` |")
    assert f"<td>{RUBY}</td>\n<td><code>{{x|y}}</code></td>" in html
