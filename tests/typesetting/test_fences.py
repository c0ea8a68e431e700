"""Fenced code in lists: set as code, wherever an author's editor put its margin."""

import pytest

from typesetting.fences import Block, blocks

CODE = '<pre tabindex="0"><code class="language-sh">ls\n</code></pre>'

NESTED = {
    "by four": "- a\n\n    ```sh\n    ls\n    ```\n",
    "by two": "- a\n\n  ```sh\n  ls\n  ```\n",
    "without a blank line": "- a\n  ```sh\n  ls\n  ```\n",
    "by a tab, with tildes": "1. a\n\n\t~~~ sh\n\tls\n\t~~~\n",
}


@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED)
def test_a_fence_in_an_item_is_code(typeset, body):
    """A step's command is a block of the step, however far it is indented."""
    kind = "ol" if body[0] == "1" else "ul"
    assert f"<{kind}>\n<li>\n<p>a</p>\n{CODE}\n</li>\n</{kind}>" == typeset(body)


@pytest.mark.parametrize("body", ["- ```sh\n  ls\n  ```\n- b\n", "- ```sh\n    ls\n  ```\n\n- b\n"])
def test_an_item_may_begin_with_code(typeset, body):
    """A list of commands is one of code."""
    html = typeset(body)
    assert '<ul>\n<li>\n<pre tabindex="0"><code class="language-sh">' in html
    assert "</code></pre>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>" in html


def test_code_in_an_item_of_an_item_stays_there(typeset):
    """The deepest item that the fence is indented behind holds it."""
    inner = typeset("- a\n\n    - b\n\n        ```sh\n        ls\n        ```\n")
    assert f"<p>b</p>\n{CODE}\n</li>\n</ul>\n</li>\n</ul>" in inner
    outer = typeset("- a\n\n    - b\n\n    ```sh\n    ls\n    ```\n")
    assert f"<li>b</li>\n</ul>\n{CODE}\n</li>\n</ul>" in outer


def test_what_follows_the_code_belongs_where_it_is_written(typeset):
    """Neither the item's next paragraph nor the next item is lost."""
    html = typeset("1. a\n\n    ```sh\n    ls\n    ```\n\n    b\n\n2. c\n\nd\n")
    assert f"{CODE}\n<p>b</p>\n</li>\n<li>\n<p>c</p>\n</li>\n</ol>\n<p>d</p>" in html


def test_the_code_is_what_was_written(typeset):
    """Blank lines, further margins and what looks like Markdown or HTML stay."""
    html = typeset("- a\n\n    ```\n    <b>\n\n\n      *c*\n    ```\n")
    assert "<code>&lt;b&gt;\n\n\n  *c*\n</code>" in html


AS_BEFORE = {
    "indented without a list": "a\n\n    ```sh\n    ls\n    ```\n",
    "a list that has ended": "- a\n\nb\n\n    ```sh\n    ls\n    ```\n",
    "never closed": "- a\n\n    ```sh\n    ls\n",
    "shown in a fence": "```md\n- a\n\n    ```sh\n    ls\n    ```\n```\n",
}


@pytest.mark.parametrize("body", AS_BEFORE.values(), ids=AS_BEFORE)
def test_what_is_no_code_of_an_item_is_left_as_it_is(typeset, body):
    """Indented code may show a fence, and an example an example."""
    assert "```" in typeset(body)
    assert CODE not in typeset(body)


def test_a_block_is_told_by_its_lines_and_its_item():
    """The lint passes over just what the page sets as code."""
    text = "```\na\n```\n- b\n\n    ~~~~\n    ~~~\n    ~~~~\n    - c\n\n        ```\n        ```"
    expected = [Block(0, 2, 0, 0), Block(5, 7, 4, 1), Block(10, 11, 8, 2)]
    assert expected == list(blocks(text.split("\n")))
