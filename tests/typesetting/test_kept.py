"""What is kept between builds saves time and never changes a page."""

import pytest

from postscripts.markdown import PostscriptExtension
from typesetting.kept import edition, load, save
from typesetting.markdown import Typesetter

TEXTS = {"a1": "<p>一</p>", "b2": "<p>二</p>"}


@pytest.fixture
def store(tmp_path):
    return tmp_path / "cache" / "typeset"


def test_a_build_finds_what_the_last_one_kept(store):
    save(store, "edition", TEXTS)
    assert load(store, "edition") == TEXTS


def test_what_another_edition_kept_counts_as_nothing(store):
    save(store, "edition", TEXTS)
    assert load(store, "newer edition") == {}


def test_a_store_cut_short_anywhere_counts_as_nothing(store):
    save(store, "edition", TEXTS)
    whole = store.read_bytes()
    for length in range(len(whole)):
        store.write_bytes(whole[:length])
        assert load(store, "edition") == {}


def test_a_store_that_cannot_be_written_fails_no_build(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    save(tmp_path / "cache" / "typeset", "edition", TEXTS)
    assert load(tmp_path / "cache" / "typeset", "edition") == {}


def test_the_edition_follows_the_options():
    def with_heading(heading):
        return edition({"extensions": [PostscriptExtension([heading])]})

    assert with_heading("Postscript") == with_heading("Postscript")
    assert with_heading("Postscript") != with_heading("あとがき")


def test_a_kept_text_is_not_typeset_again(store):
    first = Typesetter({}, store)
    assert first.typeset("本文") == "<p>本文</p>"
    first.keep()
    second = Typesetter({}, store)
    assert second.typeset("本文") == "<p>本文</p>"
    assert "_markdown" not in vars(second)  # the parser was never needed


def test_texts_that_are_gone_are_kept_no_longer(store):
    for text in ("old", "new"):
        typesetter = Typesetter({}, store)
        typesetter.typeset(text)
        typesetter.keep()
    assert list(load(store, edition({})).values()) == ["<p>new</p>"]
