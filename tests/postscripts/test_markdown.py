"""The last section of a column becomes its postscript."""

import pytest
from markdown import Markdown

from postscripts.markdown import PostscriptExtension, split, unwrap


def typeset(text):
    extensions = [
        "markdown.extensions.fenced_code",
        "markdown.extensions.footnotes",
        PostscriptExtension(["あとがき", "Postscript"]),
    ]
    return Markdown(extensions=extensions).convert(text)


def halves(text):
    return split(typeset(text))


@pytest.mark.parametrize(
    "heading",
    [
        "## あとがき",
        "# あとがき",
        "#### あとがき",
        "■ あとがき",
        "■あとがき",
        "## ■ あとがき",
        "あとがき\n---",
        "## postscript",
    ],
)
def test_any_form_of_the_heading_opens_it(heading):
    assert halves(f"Body.\n\n{heading}\n\nLighter.") == ("<p>Body.</p>", "<p>Lighter.</p>")


def test_the_square_needs_no_empty_lines():
    assert halves("Body.\n■ あとがき\nLighter.") == ("<p>Body.</p>", "<p>Lighter.</p>")


def test_a_section_that_is_not_last_is_no_postscript():
    text = "## あとがき\n\nEarly.\n\n## More\n\nBody."
    assert halves(text)[1] is None


def test_its_own_subsections_belong_to_it():
    body, postscript = halves("Body.\n\n## あとがき\n\nOne.\n\n### More\n\nTwo.")
    assert body == "<p>Body.</p>"
    assert postscript == "<p>One.</p>\n<h3>More</h3>\n<p>Two.</p>"


def test_a_heading_in_code_opens_nothing():
    assert halves("Body.\n\n```\n■ あとがき\n## あとがき\n```")[1] is None


def test_a_word_in_a_sentence_opens_nothing():
    assert halves("Body.\n\nあとがきは最後に書く。")[1] is None


def test_footnotes_stay_with_the_column_wherever_they_are_written():
    body, postscript = halves("Body[^1].\n\n## あとがき\n\nLighter.\n\n[^1]: Note.")
    assert 'class="footnote"' in body
    assert postscript == "<p>Lighter.</p>"


def test_a_column_without_one_has_none():
    assert halves("Body.") == ("<p>Body.</p>", None)


def test_a_page_keeps_its_last_section():
    """Only columns have a postscript; a page that ends in such a section is whole."""
    html = unwrap(typeset("Body.\n\n## Postscript\n\nLighter."))
    assert html == "<p>Body.</p>\n<h2>Postscript</h2><p>Lighter.</p>\n"


def test_an_authors_own_element_is_no_postscript():
    """Only a heading opens a postscript."""
    assert halves("Body.\n\n<x-postscript>Mine.</x-postscript>")[1] is None
