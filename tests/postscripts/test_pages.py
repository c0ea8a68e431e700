"""The lists of postscripts."""

from bilingual.pairs import pair
from columns.model import Library
from postscripts.pages import detached, sheets_of
from tests.builders import binder, column, japan


def sheets(*columns):
    library = Library(pair(columns, ("ja", "en"), "ja"))
    return {sheet.path: sheet.values for sheet in sheets_of(library, binder())}


def test_each_language_has_a_list_and_a_page_a_year():
    found = sheets(column("a", date=japan(2014, 1, 1)), column("b", date=japan(2015, 1, 1)))
    assert sorted(found) == [
        f"{lang}/postscripts/{page}index.html"
        for lang in ("en", "ja")
        for page in ("2014/", "2015/", "")
    ]


def test_a_year_leads_only_to_languages_that_have_one():
    """Where one language's version ends without a postscript, it may lack a year of them."""
    found = sheets(column(), column(lang="en", postscript=None))
    assert ["ja/postscripts/2014/index.html"] == [path for path in found if "2014" in path]
    page = found["ja/postscripts/2014/index.html"]
    assert ["ja", "x-default"] == [each.hreflang for each in page["head"].alternates]
    assert ["/en/columns/"] == [link.url for link in page["switch"]]


def test_an_entry_leads_back_to_its_column():
    (entry,) = sheets(column())["ja/postscripts/index.html"]["entries"]
    assert entry.column.url == "/ja/columns/cable-fault/"
    assert entry.html == "<p>postscript</p>"


def test_a_column_missing_in_the_language_is_marked():
    (entry,) = sheets(column(lang="ja"))["en/postscripts/index.html"]["entries"]
    assert ("ja", "Japanese only") == (entry.column.lang, entry.column.only)


def test_a_column_without_a_postscript_is_left_out():
    assert sheets(column(postscript=None))["ja/postscripts/index.html"]["entries"] == []


def test_the_list_shows_the_newest_and_the_years_show_all():
    columns = [column(f"c{n:02}", date=japan(2014, 1, 1 + n)) for n in range(25)]
    found = sheets(*columns)
    assert len(found["ja/postscripts/index.html"]["entries"]) == 20
    assert len(found["ja/postscripts/2014/index.html"]["entries"]) == 25


def test_footnotes_among_other_postscripts_lead_to_the_column():
    note = '<p>See<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup></p>'
    assert detached(column(postscript=note)) == (
        '<p>See<sup><a class="footnote-ref" href="/ja/columns/cable-fault/#fn:1">1</a></sup></p>'
    )


def test_a_figure_among_other_postscripts_stays_whole():
    """Its gradients and arrow heads are found by id, which already bear the column's folder."""
    figure = (
        '<figure><svg viewBox="0 0 1 1" aria-labelledby="f1-c-t"><title id="f1-c-t">図</title>'
        '<defs><marker id="f1-c-m"/></defs><path marker-end="url(#f1-c-m)"/>'
        '<use href="#f1-c-m"/></svg></figure>'
    )
    assert detached(column(postscript=figure)) == figure


def test_words_that_look_like_an_attribute_stay():
    """Code is text, whatever it says."""
    code = '<p><code>&lt;a id="x" href="#y"&gt;</code></p>'
    assert detached(column(postscript=code)) == code
