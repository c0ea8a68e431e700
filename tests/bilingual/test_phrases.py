"""The words of the user interface: complete in every language, and all of them used."""

import itertools
import re

import pytest

from bilingual.errors import PhraseError
from bilingual.phrases import load_phrases
from tests.builders import ROOT

STRINGS = ROOT / "theme" / "strings"


def strings(tmp_path, **files):
    names = "".join(f'\nlanguage.{lang} = "{lang}"' for lang in files)
    for lang, text in files.items():
        (tmp_path / f"{lang}.toml").write_text(f"{names}\n{text}", encoding="utf-8")
    return tmp_path


def test_a_phrase_fills_in_its_placeholders(tmp_path):
    folder = strings(tmp_path, en='[list]\nyear = "Columns of {year}"')
    assert load_phrases(folder, ["en"], "en")["en"]("list.year", year=2014) == "Columns of 2014"


@pytest.mark.parametrize(("n", "expected"), [(1, "1 column"), (0, "0 columns"), (2, "2 columns")])
def test_a_number_chooses_the_form(tmp_path, n, expected):
    folder = strings(tmp_path, en='count = { one = "{n} column", other = "{n} columns" }')
    assert load_phrases(folder, ["en"], "en")["en"]("count", n=n) == expected


def test_an_unknown_phrase_is_an_error_that_names_the_file(tmp_path):
    phrases = load_phrases(strings(tmp_path, en='a = "b"'), ["en"], "en")["en"]
    with pytest.raises(PhraseError, match=r"^theme/strings/en.toml: nothing is missing$"):
        phrases("nothing")


def test_a_placeholder_that_nothing_fills_in_is_an_error_that_says_what_there_is(tmp_path):
    phrases = load_phrases(strings(tmp_path, en='a = "{m} columns"'), ["en"], "en")["en"]
    with pytest.raises(PhraseError) as caught:
        phrases("a", n=3)
    expected = """theme/strings/en.toml: a: "{m} columns" cannot be filled in ('m'); there is {n}"""
    assert str(caught.value) == expected


def test_everything_wrong_in_all_files_is_said_at_once(tmp_path):
    folder = strings(
        tmp_path,
        ja='[nav]\nskip = "本文へ"\nabout = "案内"\nlist = ["一", "二"]',
        en='[nav]\nskip = "Skip"\nabuot = "About"\nlist = ["a"]\ncount = { one = "a" }',
        ko="[nav",
    )
    with pytest.raises(PhraseError) as caught:
        load_phrases(folder, ["ja", "en", "ko", "zh-Hans"], "ja")
    lines = str(caught.value).splitlines()
    assert 'theme/strings/en.toml: nav.about is missing; elsewhere it is "案内"' in lines
    assert (
        "theme/strings/en.toml: nav.abuot is not in the default language's file; is it misspelt?"
        in lines
    )
    assert "theme/strings/en.toml: nav.list has 1 phrases; there are 2" in lines
    assert 'theme/strings/en.toml: nav.count: write both forms, { one = "…", other = "…" }' in lines
    assert "theme/strings/zh-Hans.toml: no such file; copy ja.toml and translate it" in lines
    assert any(line.startswith("theme/strings/ko.toml: ") for line in lines)
    assert (
        "theme/strings/ja.toml: language.zh-Hans is missing;"
        " write the name of zh-Hans in this language"
    ) in lines
    assert len(lines) == 9


def used_keys():
    sources = [*ROOT.glob("theme/templates/**/*.html"), *ROOT.glob("plugins/**/*.py")]
    texts = [path.read_text("utf-8") for path in sources]
    quoted = {key for text in texts for key in re.findall(r'"([a-z_]+\.[a-z_0-9]+)"', text)}
    families = {key for text in texts for key in re.findall(r'f"([a-z_]+)\.\{', text)}
    return quoted, families


def test_every_phrase_is_used_somewhere():
    """A phrase that nothing prints is dead, and a translator would still have to write it."""
    quoted, families = used_keys()
    keys = load_phrases(STRINGS, ["ja", "en"], "ja")["ja"].keys()
    unused = {key for key in keys if key not in quoted and key.split(".")[0] not in families}
    assert unused == set()


@pytest.mark.parametrize("path", sorted(STRINGS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_phrase_says_where_it_appears(path):
    """Each line of a phrase stands below a comment."""
    lines = path.read_text("utf-8").splitlines()
    bare = [
        line
        for above, line in itertools.pairwise(lines)
        if re.match(r"\w+ = ", line) and not above.startswith("# ")
    ]
    assert bare == []
