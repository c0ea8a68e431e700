"""A page carries the CSS it needs, minified and unharmed."""

import base64
import hashlib

import pytest

from press.errors import ThemeError
from press.styles import Styles, minify_css, source_hash

ORDER = (
    "@layer tokens,base,blocks,print",
    "--ink",
    "margin-inline",
    "max-inline-size",
    "@media print",
)


def test_a_page_without_blocks_gets_the_common_files_in_order(css):
    style = Styles(css).of_page("<p>text</p>").css
    places = [style.index(mark) for mark in ORDER]
    assert sorted(places) == places
    assert ".aside" not in style


@pytest.mark.parametrize(
    "html",
    ['<p class="aside">', "<p class=aside>", "<p class='aside'>", '<p id=a class="first aside">',
     '<p\nclass="first\naside last">'],
)  # fmt: skip
def test_a_block_comes_with_its_class(css, html):
    style = Styles(css).of_page(html).css
    assert ".aside{" in style
    assert ".table-scroll" not in style
    assert style.index(".aside") < style.index("@media print")


@pytest.mark.parametrize(
    "html", ['<p class="asides">', '<p data-class="aside">', "<aside>class aside"]
)
def test_a_block_stays_away_without_its_class(css, html):
    assert ".aside{" not in Styles(css).of_page(html).css


@pytest.mark.parametrize("html", ["<pre>x</pre>", '<pre tabindex="0">x</pre>'])
def test_an_elements_file_comes_with_the_element(css, html):
    """What Markdown makes has no class; a page without code pays nothing for code."""
    (css / "elements").mkdir()
    (css / "elements/pre.css").write_text("@layer blocks { pre { overflow-x: auto } }")
    assert "pre{" in Styles(css).of_page(html).css
    assert "pre{" not in Styles(css).of_page("<prefix>pre</prefix>").css


@pytest.mark.parametrize("html", ["<p lang=zh-Hans>", '<html lang="zh-Hans">'])
def test_a_languages_file_comes_with_the_language(css, html):
    (css / "languages").mkdir()
    (css / "languages/zh-Hans.css").write_text("@layer tokens { :lang(zh-Hans) { color: red } }")
    assert ":lang(zh-Hans)" in Styles(css).of_page(html).css
    assert ":lang(zh-Hans)" not in Styles(css).of_page("<p hreflang=zh-Hans lang=zh>").css


def test_pages_with_the_same_blocks_share_one_style(css):
    styles = Styles(css)
    assert styles.of_page("<p class=aside>") is styles.of_page("<i class='b aside'>")
    assert styles.of_page("<p class=aside>") is not styles.of_page("<p>")


def test_the_hash_is_the_one_a_browser_computes(css):
    style = Styles(css).of_page("<p>")
    digest = base64.b64encode(hashlib.sha256(style.css.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == style.hash
    assert source_hash("あ") == "'sha256-jRHrG3O/C3gFQ1CpzkJmWqKEt5F9FcNvFM0ocwfP/YI='" or digest


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("@layer a, b, c;", "@layer a,b,c;"),
        ("@layer b { p { color: #ff0000; } }", "@layer b{p{color:red}}"),
        (".a { & > p { gap: 0 } &:hover { gap: 1px } }", ".a{&>p{gap:0}&:hover{gap:1px}}"),
        ("p { color: light-dark( #fff , #000 ) }", "p{color:light-dark(#fff,#000)}"),
        ("p { margin-inline-start: 1em }", "p{margin-inline-start:1em}"),
        ("p { inset-block: 0 1px }", "p{inset-block:0 1px}"),
        ("p { word-break: auto-phrase }", "p{word-break:auto-phrase}"),
        ("p { line-break: strict }", "p{line-break:strict}"),
        (":lang(ja) { text-spacing-trim: trim-start }", ":lang(ja){text-spacing-trim:trim-start}"),
        ("@media (width >= 40em) { p { gap: 0 } }", "@media (width>=40em){p{gap:0}}"),
        ("a::after { content: '」' }", 'a:after{content:"」"}'),
        ("/* why: { */", ""),
        ("a::after { content: '{' }", 'a:after{content:"{"}'),
    ],
)
def test_modern_css_survives_the_minifier(written, expected):
    assert expected == minify_css(written)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("blocks/aside.css", ".aside { color red }", "is no CSS from some point on"),
        ("base.css", "p { } }", "is no CSS from some point on"),
        ("base.css", ".a{color:red", "look for a missing brace or colon"),
        ("base.css", ".a { gap: 0 /* } */\n.b { gap: '}' }", "look for a missing brace"),
        ("base.css", "p::after { content: '</STYLE>' }", "holds </style"),
    ],
)
def test_a_file_that_is_no_css_is_named(css, name, text, message):
    (css / name).write_text(text)
    with pytest.raises(ThemeError, match=message) as error:
        Styles(css)
    assert str(error.value).startswith(f"{css / name}: ")


def test_a_missing_file_is_named(css):
    (css / "tokens.css").unlink()
    with pytest.raises(ThemeError, match=r"css/tokens\.css: missing; every page's style"):
        Styles(css)
