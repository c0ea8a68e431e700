"""What is kept between builds saves time and never changes a page."""

import pytest

from postscripts.markdown import PostscriptExtension
from typesetting.markdown import Typesetter


@pytest.fixture
def store(tmp_path):
    return tmp_path / "cache" / "typeset"


def typeset(store, text, heading="Postscript"):
    """Typeset a text in a run of its own, and tell whether it had to be converted."""
    typesetter = Typesetter({"extensions": [PostscriptExtension([heading])]}, store)
    html = typesetter.typeset(text)
    typesetter.keep()
    return html, "_markdown" in vars(typesetter)


def test_a_kept_text_is_not_typeset_again(store):
    assert ("<p>本文</p>", True) == typeset(store, "本文")
    assert ("<p>本文</p>", False) == typeset(store, "本文")


def test_other_options_typeset_it_anew(store):
    typeset(store, "本文")
    assert typeset(store, "本文", heading="あとがき")[1]


def test_texts_that_are_gone_are_kept_no_longer(store):
    typeset(store, "old")
    typeset(store, "new")
    assert typeset(store, "old")[1]


def test_without_a_store_each_text_is_typeset_once():
    typesetter = Typesetter({})
    assert "<p>本文</p>" == typesetter.typeset("本文")
    del typesetter._markdown
    assert "<p>本文</p>" == typesetter.typeset("本文")
    assert "_markdown" not in vars(typesetter)
    typesetter.keep()
