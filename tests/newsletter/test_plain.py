"""Every kind of element that a column may hold, as plain text."""

from textwrap import dedent

import pytest

from newsletter.edition import parsed
from newsletter.kinsoku import Measure
from newsletter.plain import PlainText, tidy
from newsletter.wording import Links, Wording
from tests.builders import binder


def text_of(markup, lang="ja", columns=40, links=None):
    """The plain text of some HTML, with the real phrases."""
    spaced = lang == "en"
    said = binder()
    wording = Wording(
        lambda key, **values: said.phrase(lang, f"newsletter.{key}", **values),
        links or Links(),
        spaced,
    )
    measure = Measure(columns, ambiguous=1 if spaced else 2)
    return tidy(PlainText(measure, wording).whole(parsed(markup)))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param(
            "<p>一つめの段落。\n</p>\n<p>二つめ。</p>",
            "一つめの段落。\n\n二つめ。\n",
            id="paragraphs",
        ),
        pytest.param("<h2>疑った順番</h2><h3>監視</h3>", "■ 疑った順番\n\n□ 監視\n", id="headings"),
        pytest.param(
            "<h2>中国の回線とサーバーと人と夜と朝のあいだ</h2>",
            "■ 中国の回線とサーバーと人と夜と朝のあ\n   いだ\n",
            id="a long heading hangs",
        ),
        pytest.param(
            "<ul><li>片方が切れても止まらないように、二本を別々の会社から買う</li><li>二</li></ul>",
            "・片方が切れても止まらないように、二本を\n  別々の会社から買う\n・二\n",
            id="a list hangs",
        ),
        pytest.param(
            "<ol start=9><li>九<ul><li>中</li></ul></li><li>十</li><li value=3>三</li></ol>",
            " 9. 九\n    ・中\n10. 十\n 3. 三\n",
            id="numbers stand below each other",
        ),
        pytest.param(
            "<ol reversed><li>二</li><li>一</li></ol>", "2. 二\n1. 一\n", id="numbers going down"
        ),
        pytest.param(
            "<ul><li><p>一</p><p>続き</p></li><li><p>二</p></li></ul>",
            "・一\n\n  続き\n\n・二\n",
            id="a list of paragraphs",
        ),
        pytest.param(
            "<blockquote><p>引用した文は、行の頭に印を付けて、少し狭く折る。</p><p>二</p></blockquote>",
            "> 引用した文は、行の頭に印を付けて、少し\n> 狭く折る。\n>\n> 二\n",
            id="a quotation",
        ),
        pytest.param(
            "<pre><code>$ dig +short www.columns.example | sort --reverse  # 長い行\n\n  終わり\n"
            "</code></pre>",
            "    $ dig +short www.columns.example | sort --reverse  # 長い行\n\n      終わり\n",
            id="code is not wrapped",
        ),
        pytest.param(
            "<dl><dt>遅延</dt><dd>往復にかかる時間</dd><dt>損失</dt><dd>届かない割合</dd></dl>",
            "遅延\n    往復にかかる時間\n\n損失\n    届かない割合\n",
            id="definitions",
        ),
        pytest.param("<p>一</p><hr><p>二</p>", "一\n\n* * *\n\n二\n", id="a rule"),
        pytest.param(
            '<figure><img src="https://a.example/f.svg" alt="環の図"><figcaption>模式図'
            "</figcaption></figure>",
            "［図］模式図\n図の内容：環の図\nhttps://a.example/f.svg\n",
            id="a figure",
        ),
        pytest.param(
            '<figure><img src="https://a.example/f.svg" alt=""></figure><p>文</p>',
            "文\n",
            id="a figure that only decorates",
        ),
        pytest.param(
            '<p>青い<img src="https://a.example/b.png" alt="箱">が光る</p>',
            "青い［図］箱[1]が光る\n\n[1] ［図］箱\nhttps://a.example/b.png\n",
            id="a picture in a sentence",
        ),
        pytest.param(
            "<p>そこで<ruby>輻輳<rp>（</rp><rt>ふくそう</rt><rp>）</rp></ruby>が起きる</p>",
            "そこで輻輳(ふくそう)が起きる\n",
            id="ruby",
        ),
        pytest.param(
            "<p><strong>強く</strong>、<em>軽く</em>、<code>ping</code>、<del>昔</del>、"
            "10<sup>3</sup>、<q>声</q>、一<br>二</p>",
            "*強く*、*軽く*、`ping`、~昔~、10^3、\n「声」、一\n二\n",
            id="what type would show",
        ),
        pytest.param(
            '<p>測る<sup id="r"><a class="footnote-ref" href="#n">1</a></sup>。</p>'
            '<div class="footnote"><hr><ol><li id="n"><p>別の端から。&#160;'
            '<a class="footnote-backref" href="#r">&#8617;</a></p></li></ol></div>',
            "測る[注1]。\n\n[注1] 別の端から。\n",
            id="footnotes",
        ),
        pytest.param(
            "<details><summary>余談</summary><p>中身</p></details>", "余談\n\n中身\n", id="details"
        ),
        pytest.param("裸の文<p>段落</p>尾<!-- 注 -->", "裸の文\n\n段落\n\n尾\n", id="loose words"),
        pytest.param("", "\n", id="nothing"),
    ],
)
def test_what_columns_hold(markup, expected):
    assert expected == text_of(markup)


TABLE = """
<div class="table-scroll"><table><thead><tr><th>区間</th><th class="align-right">損失</th>
<th class="align-center">状態</th></tr></thead><tbody>
<tr><td>東京→上海</td><td class="align-right">0.1%</td><td class="align-center">正常</td></tr>
<tr><td>大連</td><td class="align-right">12%</td><td class="align-center">品質低下と<br>復旧</td>
</tr><tr><td colspan="2">計</td><td>－</td></tr></tbody></table></div>
"""


def test_a_table_is_aligned_and_never_wrapped():
    """Each character counts what it takes; a line break within a cell is a slash."""
    expected = """\
        区間        損失        状態
        ----------  ----  -----------------
        東京→上海  0.1%        正常
        大連         12%  品質低下と / 復旧
        計                －
    """
    assert dedent(expected).strip() == dedent(text_of(TABLE)).strip()


def test_an_address_in_a_table_stands_between_spaces():
    """It has no line of its own there, and nothing that was not written is added to it."""
    markup = "<table><tr><td>詳細はhttps://a.example/1を参照<br>次行</td><td>一</td></tr></table>"
    assert "    詳細は https://a.example/1 を参照 / 次行  一\n" == text_of(markup)


def test_links_are_numbered_and_listed_with_each_address_on_its_own_line():
    """The same address has the same number; one that is its own words has none."""
    links = Links()
    markup = (
        '<p><a href="https://a.example/">前の回</a>と<a href="https://b.example/">先の回</a>、'
        '<a href="https://a.example/">前の回</a>。<a href="#x">下</a>、'
        '<a href="https://c.example/">https://c.example/</a></p>'
    )
    expected = (
        "前の回[1]と先の回[2]、前の回[1]。下、\nhttps://c.example/\n\n"
        "[1] 前の回\nhttps://a.example/\n\n[2] 先の回\nhttps://b.example/\n"
    )
    assert expected == text_of(markup, links=links)
    later = '<p><a href="https://b.example/">それ</a>、<a href="mailto:a@d.example">宛先</a></p>'
    assert "それ[2]、宛先[3]\n\n[3] 宛先\na@d.example\n" == text_of(later, links=links)


def test_english_is_wrapped_by_words_and_keeps_a_number_with_its_word():
    markup = (
        '<p>It was the <a href="https://a.example/">cable</a> that broke, not “our” router'
        '<sup><a class="footnote-ref">2</a></sup>.</p><ul><li>one</li></ul>'
    )
    expected = (
        "It was the\ncable [1]\nthat broke,\nnot “our”\nrouter[note 2].\n\n- one\n\n"
        "[1] cable\nhttps://a.example/\n"
    )
    assert expected == text_of(markup, lang="en", columns=12)


@pytest.mark.parametrize(
    "markup",
    [
        "<ol start='x'><li value='-1'>一</li></ol>",
        "<table><tr><td colspan='99999999999'>一</td></tr></table>",
        "<table></table><ul></ul><dl></dl><ol></ol><figure></figure><blockquote></blockquote>",
        "<ul><li></li></ul><pre></pre><p>\u00a0</p><h2></h2>",
        "<ruby></ruby><sup> </sup><a></a><img>",
        "<div>" * 200 + "深い" + "</div>" * 200,
    ],
)
def test_what_nobody_would_write_breaks_nothing(markup):
    assert text_of(markup).endswith("\n")
