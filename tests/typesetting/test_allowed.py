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
