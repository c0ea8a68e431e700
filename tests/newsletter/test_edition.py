"""A manuscript becomes an edition: the text part in the house form, the HTML part complete."""

import re
from dataclasses import replace

import pytest
from lxml import html

from newsletter.edition import MAX_HTML_BYTES, edition_of, text_of, values_of, without_images
from newsletter.errors import EditionError
from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE
from tests.newsletter.manuscripts import imprint, manuscript, press

JAPANESE = """\
海底ケーブルが切れた朝
あとがき　2014年3月24日

────────────────────────────────────

本文。前の回[1]。

[1] 前の回
https://columns.example/ja/columns/night-routes/

────────────────────────────────────

■ あとがき

軽い話。

────────────────────────────────────

ウェブで読む
https://columns.example/ja/columns/cable-fault/

English: The morning a cable broke
https://columns.example/en/columns/cable-fault/

このメールは、購読を申し込まれた方にお送りしています。

受け取る言語を変える
{{language}}

配信を止める
{{unsubscribe}}

編集部
東京都見本区1-2-3
お問い合わせ desk@columns.example

個人情報の取り扱い
https://columns.example/ja/privacy/
"""


def edition(given=None, lang="ja"):
    given = given or manuscript(lang)
    return edition_of(given, imprint(given.lang), press().print)


def test_the_house_form():
    """Title, rule, body, rule, postscript, rule, and a footer with all that law asks for."""
    assert JAPANESE == edition().text


def test_the_rule_is_as_wide_as_the_measure():
    """The character counts two columns in Japanese and one in English."""
    rules = {lang: re.search("─+", text_of(manuscript(lang), imprint(lang)))[0] for lang in
             ("ja", "en")}  # fmt: skip
    assert {"ja": 36, "en": 72} == {lang: len(rule) for lang, rule in rules.items()}


def test_a_column_without_a_postscript_has_no_section_for_it():
    made = edition(manuscript(postscript=None))
    assert "■" not in made.text
    assert "■" not in made.html
    assert 2 == made.text.count("─\n")


def test_an_edition_knows_its_column():
    made = edition(lang="en")
    assert ("k7q2mzv4xh/en", "cable-fault", "en") == (made.id, made.slug, made.lang)
    assert ("The morning a cable broke", "朝の三時に切れた。") == (made.subject, made.preheader)
    assert "https://columns.example/en/columns/cable-fault/" == made.url
    assert {"ja": "https://columns.example/ja/columns/cable-fault/"} == made.alternates


def test_both_parts_have_each_place_once_where_an_address_stands():
    made = edition()
    for place in (UNSUBSCRIBE_PLACE, LANGUAGE_PLACE):
        assert 1 == made.text.splitlines().count(place) == made.text.count(place)
        assert 1 == made.html.count(f'href="{place}"') == made.html.count(place)


@pytest.mark.parametrize("name", ["title", "summary", "body", "postscript"])
@pytest.mark.parametrize(
    "written",
    ["<p>listmonkの{{unsubscribe}}</p>", "<p>&#123;{unsubscribe}}</p>", "{{<b></b>unsubscribe}}"],
    ids=["plain", "escaped", "divided"],
)
def test_a_text_that_holds_a_place_is_refused(name, written):
    """It would be filled with each recipient's own address."""
    if name in {"title", "summary"}:  # which are no HTML
        written = "{{unsubscribe}}"
    given = manuscript(**{name: written})
    with pytest.raises(EditionError) as caught:
        edition(given)
    assert str(caught.value) == (
        "content/columns/2014-03-24-cable-fault/ja.md: {{unsubscribe}} stands for a recipient's"
        " address in its mail; write {{ unsubscribe }}"
    )


def test_a_mail_that_a_mailbox_would_cut_is_refused_by_name():
    given = manuscript(body="<p>一二三</p>" * 3000)
    said = r"2014-03-24-cable-fault/ja\.md: the HTML part of its mail has [\d,]+ bytes, .* 60,000;"
    with pytest.raises(EditionError, match=said):
        edition(given)
    assert MAX_HTML_BYTES > len(edition(manuscript(body="<p>一二三</p>" * 300)).html.encode())


@pytest.fixture(scope="module")
def rich():
    """An edition with a drawing, a table, code and text that needs escaping."""
    body = (
        '<p>a &lt; b &amp; c <em>強く</em></p><figure><img src="https://columns.example/f.svg"'
        ' width="4" height="3" loading="lazy" alt="環の &quot;図&quot;"><figcaption>図1'
        "</figcaption></figure><pre><code>x = &lt;1&gt;\n</code></pre>"
        "<table><thead><tr><th>損失</th></tr></thead>"
        '<tr><td class="align-right">1</td></tr></table>'
    )
    return edition(manuscript(body=body, title="A & B <c>"))


def test_the_html_part_fetches_nothing(rich):
    """No picture, style, script or font from anywhere, and no picture that tells of the reader."""
    root = html.document_fromstring(rich.html)
    assert [] == root.xpath("//img|//link|//script|//iframe|//object|//*[@src]|//*[@background]")
    assert "url(" not in rich.html
    assert "@import" not in rich.html


def test_a_figure_is_its_words_and_a_link(rich):
    (figure,) = html.document_fromstring(rich.html).xpath("//figure")
    assert '［図］環の "図" 画像を開く図1' == "".join(figure.itertext())
    assert ["https://columns.example/f.svg"] == figure.xpath(".//a/@href")


def test_text_is_escaped_and_code_keeps_its_lines(rich):
    root = html.document_fromstring(rich.html)
    assert "A & B <c>" == root.findtext(".//h1") == root.findtext(".//title")
    assert "x = <1>\n" == root.findtext(".//pre/code")
    assert "a < b & c" in root.text_content()


def test_style_stands_at_the_elements_and_only_the_dark_one_in_the_head(rich):
    root = html.document_fromstring(rich.html)
    (style,) = root.xpath("//style/text()")
    assert style.strip().startswith("@media screen and (prefers-color-scheme:dark){")
    assert 1 == style.count("@media")
    for element in root.xpath("//h1|//p|//pre|//td|//a|//body"):
        assert element.get("style"), element.tag
    assert "text-align: right" in root.find(".//td").get("style")
    assert "font-style: normal" in root.find(".//em").get("style")


def test_the_html_part_says_its_language_and_hides_the_preheader(rich):
    root = html.document_fromstring(rich.html)
    assert "ja" == root.get("lang")
    (preheader,) = root.xpath("//body/div/*[1]")
    assert "朝の三時に切れた。" == preheader.text
    assert "display: none" in preheader.get("style")
    assert ["light dark"] == root.xpath("//meta[@name='color-scheme']/@content")
    assert ["en"] == root.xpath("//footer//a[@hreflang]/@lang")[:1]


def test_the_footer_of_the_html_part_names_the_sender():
    foot = html.document_fromstring(edition().html).find(".//footer")
    said = foot.text_content()
    for text in ("編集部", "東京都見本区1-2-3", "desk@columns.example", "個人情報の取り扱い"):
        assert text in said
    assert {"mailto:desk@columns.example", "https://columns.example/ja/privacy/"} <= set(
        foot.xpath(".//a/@href")
    )


def test_a_site_without_a_privacy_page_leads_to_none():
    lacking = replace(imprint(), privacy=None)
    made = edition_of(manuscript(), lacking, press().print)
    assert "個人情報" not in made.text + made.html


def test_html_without_images_stays_as_it_is():
    markup = "<p>一 &amp; 二<br>三</p>"
    assert markup == without_images(markup, imprint().say)
    loose = without_images('a &lt; b<img src="x" alt="">尾', imprint().say)
    assert 'a &lt; b<span><a href="x">画像を開く</a></span>尾' == loose


def test_the_same_manuscript_makes_the_same_bytes():
    assert edition() == edition()
    assert values_of(manuscript(), imprint())["title"] == "海底ケーブルが切れた朝"
