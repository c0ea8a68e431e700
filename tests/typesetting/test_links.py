import pytest

from typesetting.links import Linker, LinkError, Target, target_of, with_own_ids

HERE = "columns/2020-01-01-here/ja.md"
TEXTS = {
    HERE: ("/b/ja/columns/here/", "ja"),
    "columns/2014-03-24-cable/ja.md": ("/b/ja/columns/cable/", "ja"),
    "columns/2014-03-24-cable/en.md": ("/b/en/columns/cable/", "en"),
    "columns/2021-10-06-english/en.md": ("/b/en/columns/english/", "en"),
    "pages/about/ja.md": ("/b/ja/about/", "ja"),
}

CABLE = Target("columns/2014-03-24-cable/ja.md", "")

TARGETS = {
    "Pelican's form": (CABLE, "{filename}../2014-03-24-cable/ja.md"),
    "no braces": (CABLE, "../2014-03-24-cable/ja.md"),
    "from the content folder": (CABLE, "{filename}/columns/2014-03-24-cable/ja.md"),
    "query and fragment": (
        Target("columns/2014-03-24-cable/ja.md", "?a=b#c"),
        "../2014-03-24-cable/ja.md?a=b#c",
    ),
    "static": (Target("columns/2020-01-01-here/f.svg", ""), "{static}f.svg"),
    "attach": (Target("columns/2020-01-01-here/f.svg", ""), "{attach}f.svg"),
    "bare file": (Target("columns/2020-01-01-here/f.svg", ""), "f.svg"),
    "encoded": (Target("columns/2020-01-01-here/図 1.svg", ""), "%E5%9B%B3%201.svg"),
    "fragment": (None, "#postscript"),
    "https": (None, "https://example.com/x.md"),
    "no scheme": (None, "//example.com/x.md"),
    "mail": (None, "mailto:a@example.com"),
    "telephone": (None, "tel:+81312345678"),
    "own address": (None, "/ja/status/"),
    "nothing": (None, ""),
}


@pytest.mark.parametrize(("expected", "reference"), TARGETS.values(), ids=TARGETS)
def test_a_reference_means_a_file(expected, reference):
    """Authors point to files as they lie in the folder, in any of the forms."""
    assert expected == target_of(reference, HERE)


@pytest.mark.parametrize(
    ("message", "reference"),
    [
        ('"{tag}vpn": no such form; write {filename}../other/ja.md', "{tag}vpn"),
        ('"{static}" names no file; write {static}../other/ja.md', "{static}"),
        ('"{filename}#a" names no file; write {filename}../other/ja.md', "{filename}#a"),
        (
            '"{filename}https://example.com/x.md" names no file; write {filename}../other/ja.md',
            "{filename}https://example.com/x.md",
        ),
        (
            '"http://[::1/" is no address; write it as browsers show it, https://example.com/',
            "http://[::1/",
        ),
        (
            '"https:x.md" is no address; write it as browsers show it, https://example.com/',
            "https:x.md",
        ),
        (
            '"https://example.com:99999/" is no address; write it as browsers show it,'
            " https://example.com/",
            "https://example.com:99999/",
        ),
        ('"../../../x.md" leads out of content/', "../../../x.md"),
        ('"{static}/../x.svg" leads out of content/', "{static}/../x.svg"),
    ],
)
def test_a_reference_stays_in_the_content_folder(message, reference):
    """What no form covers, and what climbs out, is refused."""
    with pytest.raises(LinkError) as error:
        target_of(reference, HERE)
    assert message == str(error.value)


def refuse(path, *_):
    raise ValueError(f"there is no file content/{path}")


def show(path, attributes, prefix):
    return f"[{path} {attributes['alt']} {prefix}]"


@pytest.fixture
def linker():
    files = {"columns/2020-01-01-here/plan.pdf": "/b/assets/plan.0123456789.pdf"}
    return Linker(("ja", "en"), TEXTS.get, files.get, show, "/b")


LINKS = {
    "same language": ('<a href="/b/ja/columns/cable/">', '<a href="../2014-03-24-cable/ja.md">'),
    "sibling in this language": (
        '<a href="/b/ja/columns/cable/">',
        '<a href="../2014-03-24-cable/en.md">',
    ),
    "only in the other language": (
        '<a href="/b/en/columns/english/" hreflang="en">',
        '<a href="../2021-10-06-english/en.md">',
    ),
    "named in a language that is missing": (
        '<a href="/b/en/columns/english/" hreflang="en">',
        '<a href="../2021-10-06-english/ja.md">',
    ),
    "fragment and query are kept": (
        '<a href="/b/ja/columns/cable/?a=1&amp;b=2#postscript">',
        '<a href="../2014-03-24-cable/ja.md?a=1&amp;b=2#postscript">',
    ),
    "a page": ('<a href="/b/ja/about/">', '<a href="{filename}/pages/about/ja.md">'),
    "a file": ('<a href="/b/assets/plan.0123456789.pdf#p2">', '<a href="plan.pdf#p2">'),
    "own address": ('<a href="/b/ja/status/">', '<a href="/ja/status/">'),
    "other attributes": (
        '<a title="&quot;x&quot; &gt; y" href="/b/ja/about/" download="">',
        "<A title='\"x\" > y' HREF=../../pages/about/ja.md download>",
    ),
    "elsewhere": ('<a href="https://example.com/">', '<a href="https://example.com/">'),
    "fragment": ('<a href="#fn:1">', '<a href="#fn:1">'),
    "no link": ('<a id="x">', '<a id="x">'),
    "a comment": ('<!-- <a href="gone.md"> -->', '<!-- <a href="gone.md"> -->'),
    "another element": ('<abbr title="gone.md">', '<abbr title="gone.md">'),
    "image": (
        "[columns/2020-01-01-here/f.svg 図 f1-2020-01-01-here-]",
        '<img alt="図" src="{static}f.svg">',
    ),
}


@pytest.mark.parametrize(("expected", "html"), LINKS.values(), ids=LINKS)
def test_links_lead_to_addresses(linker, expected, html):
    """A link leads to the reader's own language where it can, and says so where it cannot."""
    assert (expected, ()) == linker.rewrite(html, HERE, "ja")


PAGE = "https://columns.example/ja/columns/cable/"

PORTABLE = {
    "a footnote": (
        '<sup id="c-fnref:1"><a href="#c-fn:1" id="c-x">1</a></sup> <li id="c-fn:1">',
        '<sup id="fnref:1"><a href="#fn:1" id="x">1</a></sup> <li id="fn:1">',
    ),
    "raw HTML": ('<a id="c-x" href="#c-x" title="&gt;">', "<a id=x href='#x' title='>'>"),
    "no id behind it": (
        f'<a href="{PAGE}#postscript">p</a> <a href="{PAGE}#top">t</a>',
        '<a href="#postscript">p</a> <a href="#top">t</a>',
    ),
    "another page": ('<a href="/a#fn:1">b</a> id="c"',) * 2,
    "a label": ('<p id="c-x" aria-labelledby="c-x y">', '<p id="x" aria-labelledby="x y">'),
}


@pytest.mark.parametrize(("expected", "html"), PORTABLE.values(), ids=PORTABLE)
def test_ids_of_a_portable_text_are_its_own(expected, html):
    """Two columns in one feed both have a footnote 1; what the text lacks is on its page."""
    assert expected == with_own_ids(html, "c-", PAGE)


def test_every_image_of_a_text_has_its_own_prefix(linker):
    """Two figures of one page never share an id."""
    html, _ = linker.rewrite('<img src="f.svg" alt="a"><img src="f.svg" alt="a">', HERE, "ja")
    assert "f1-2020-01-01-here-]" in html
    assert "f2-2020-01-01-here-]" in html


FAULTS = {
    "text": (
        'link "../gone/ja.md": no published text at content/columns/gone/ja.md;'
        " it is missing, a draft, or dated later",
        '<a href="../gone/ja.md">',
    ),
    "file": (
        'link "gone.pdf": no file to publish at content/columns/2020-01-01-here/gone.pdf',
        '<a href="gone.pdf">',
    ),
    "form": ('"{tag}vpn": no such form; write {filename}../other/ja.md', '<a href="{tag}vpn">'),
}


@pytest.mark.parametrize(("fault", "html"), FAULTS.values(), ids=FAULTS)
def test_a_link_to_nothing_is_reported_and_left(linker, fault, html):
    """What cannot be resolved stays as written, with the reason."""
    assert (html, (fault,)) == linker.rewrite(html, HERE, "ja")


def test_an_image_that_cannot_be_shown_is_reported():
    """The fault names the image as its author wrote it."""
    linker = Linker(("ja",), TEXTS.get, TEXTS.get, refuse)
    html = '<img src="gone.svg" alt="x">'
    fault = 'image "gone.svg": there is no file content/columns/2020-01-01-here/gone.svg'
    assert (html, (fault,)) == linker.rewrite(html, HERE, "ja")
