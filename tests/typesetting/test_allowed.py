import pytest

from typesetting.allowed import faults

REFUSED = {
    "a comment that ends early": "<!--><script>alert(1)</script>-->",
    "plaintext": "<plaintext>",
    "closing the page": "</div></main></article></body>",
    "title": "<title>x</title>",
    "xmp": "<xmp>x</xmp>",
    "dialog": "<dialog open>x</dialog>",
    "ping": '<a href="x.md" ping="https://example.com/">x</a>',
    "background": '<table background="https://example.com/x.png"></table>',
    "picture": '<picture><img alt="x" srcset="https://example.com/x.png"></picture>',
    "noscript": "<noscript>x</noscript>",
    "cite": "<blockquote cite='foo.html'>x</blockquote>",
    "area": '<area href="javascript:x">',
    "processing instruction": "<?php x ?>",
    "declaration": "<!DOCTYPE html>",
    "never closed": "<div><p>x</p>",
    "crossed": "<b><i>x</b></i>",
    "a tag cut off": '<p>x</p><a href="',
    "self-closed": "<span/>x",
}


@pytest.mark.parametrize("html", REFUSED.values(), ids=REFUSED)
def test_what_is_not_on_the_list_is_refused(html):
    """Nothing that runs, loads, or reaches out of the text's place in the page stands in it."""
    assert list(faults(html))


INVALID = [
    # values
    '<p><time datetime="bogus">x</time></p>',
    '<p><time datetime="2014-02-30">x</time></p>',
    "<p><time>x</time></p>",
    '<p><span lang="xx-bad lang">x</span></p>',
    '<p lang="ja_JP">x</p>',
    '<p><span dir="left">x</span></p>',
    "<p><bdo>x</bdo></p>",
    '<ol type="javascript"><li>x</ol>',
    '<ol start="+1"><li>x</ol>',
    '<ol reversed="yes"><li>x</ol>',
    '<ol><li value="x">a</ol>',
    '<table><tr><th scope="bogus">x</th></tr></table>',
    '<table><tr><th colspan="0">x</th></tr></table>',
    '<div role="bogus">x</div>',
    '<div tabindex="x">x</div>',
    '<img src="x" alt="x" width="10%">',
    # blocks among words
    "<p><div>x</div></p>",
    "<p><span><div>x</div></span></p>",
    "<div><em><p>x</p></em></div>",
    "<h3><p>x</p></h3>",
    "<p><ins><p>x</p></ins></p>",
    '<p><a href="x"><div>x</div></a></p>',
    "<p>x</p></p>",
    # what an element holds
    "<ul>text</ul>",
    "<ul>&amp;</ul>",
    "<ul><p>x</p></ul>",
    "<ul><ul><li>x</ul></ul>",
    "<dl><dt>x</dl>",
    "<dl><dd>x</dl>",
    "<table><tr>x</tr></table>",
    "<table>x<tr><td>x</tr></table>",
    "<table><tr></tr></table>",
    "<table><tr><td>x</td></tr><caption>x</caption></table>",
    "<table><tbody><tr><td>x</td></tr></tbody><thead><tr><td>x</td></tr></thead></table>",
    "<details>x</details>",
    "<details><p>y</p><summary>x</summary></details>",
    "<ruby>x</ruby>",
    "<figure>y<figcaption>x</figcaption>z</figure>",
    # where an element stands
    "<td>x</td>",
    "<table><td>x</td></table>",
    "<div><tr><td>a</td></tr></div>",
    "<li>x</li>",
    "<dt>x</dt>",
    "<p><rt>x</rt></p>",
    "<figcaption>x</figcaption>",
    "<summary>x</summary>",
    "<caption>x</caption>",
    '<p><a href="x"><a href="y">b</a></a></p>',
    "<p><dfn><dfn>x</dfn></dfn></p>",
    "<dl><dt><h3>x</h3><dd>y</dl>",
    "<table><tr><th><h3>x</h3></th></tr></table>",
]


@pytest.mark.parametrize("html", INVALID)
def test_what_no_valid_page_may_hold_is_refused(html):
    """Each is an error to the Nu Html Checker: browsers guess what was meant."""
    assert list(faults(html))


VALID = [
    '<p><time datetime="2014">x</time> <time datetime="2014-03">y</time></p>',
    '<p><time datetime="03-24">x</time> <time datetime="2014-W12">y</time></p>',
    '<p><time datetime="09:00">x</time> <time datetime="PT4H18M3S">y</time></p>',
    '<p><time datetime="2014-03-24 09:00">x</time></p>',
    '<p><time datetime="2014-03-24T09:00:30.5+0900">x</time></p>',
    '<p lang="zh-Hans-CN">x <span lang="en-us" dir="ltr">y</span></p>',
    '<ol start="-1" reversed type="a"><li value="-4">x</ol>',
    "<p><div>x</div>",
    "<p>a<ul><li>x</ul>",
    "<ul></ul>",
    "<ul><li><p>a<li>b</ul>",
    "<dl><dt>a<dt>b<dd>c<dt>d<dd>e</dl>",
    "<dl><div><dt>x<dd>y</div></dl>",
    "<table><tr><td><p>a<td>b</table>",
    "<table><thead><tr><td>x</td></tr><tbody><tr><td>x</td></tr></table>",
    '<table><caption>x</caption><colgroup><col span="2"></colgroup><tr><td>x<td>y</tr></table>',
    "<table><col><tr><td>x</tr></table>",
    "<details><summary><h3>x</h3></summary>y</details>",
    "<figure>y</figure><figure><figcaption>x</figcaption>y</figure>",
    "<ruby><rb>x</rb><rt>y</rt></ruby>",
    '<ins><p>x</p></ins><a href="x"><h3>x</h3></a>',
    "<div><section><h3>x</h3></section></div>",
    "<p><q>x<q>y</q></q></p>",
]


@pytest.mark.parametrize("html", VALID)
def test_what_a_valid_page_may_hold_passes(html):
    """None is an error to the Nu Html Checker; the last tags that HTML lets go may be missing."""
    assert list(faults(html)) == []


KEPT = {
    "ruby": "<ruby>漢<rp>（</rp><rt>かん</rt><rp>）</rp></ruby>",
    "words": '<p><span lang="zh">中</span><abbr title="x">a</abbr><kbd>b</kbd><br><sub>2</sub></p>',
    "open ends that HTML allows": "<ul><li>a<li>b</ul>",
    "details": "<details open><summary>a</summary>b</details>",
    "a table": '<table><tr><th scope="col">a</th><td colspan="2">1</td></tr></table>',
    "escaped": "<p>a &lt; b &amp; &lt;script&gt;</p>",
}


@pytest.mark.parametrize("html", KEPT.values(), ids=KEPT)
def test_plain_words_may_be_marked_up(html):
    """HTML for words, and what Markdown has no sign for, passes."""
    assert list(faults(html)) == []


def test_all_that_markdown_makes_passes(typeset):
    """No author is blamed for what the typesetter wrote."""
    body = (
        "## A\n\na[^1] **b** `c < d` {漢|かん} [e](https://example.com/) ![f](f.svg)\n\n"
        "1. x\n2. y\n\n> q\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n\n"
        "```sh\nls <x>\n```\n\n***\n\n[^1]: Note."
    )
    assert list(faults(typeset(body))) == []
