"""Blocks of code scroll by themselves, and keys reach them."""

import pytest


@pytest.mark.parametrize(
    "source", ["```console\n$ ping\n```", "    $ ping"], ids=["fenced", "indented"]
)
def test_a_block_of_code_takes_the_focus(typeset, source):
    assert typeset(source).startswith('<pre tabindex="0"><code')


def test_code_in_a_sentence_does_not(typeset):
    assert "tabindex" not in typeset("Try `ping`.")
