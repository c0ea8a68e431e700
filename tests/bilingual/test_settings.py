"""Languages and topics are checked as a whole before anything is built."""

import pytest

from bilingual.errors import SettingsError, TopicError
from bilingual.settings import languages_of
from bilingual.topics import load_topics
from tests.builders import LANGUAGES


def test_any_number_of_languages_in_their_order():
    found = languages_of({"LANGUAGES": LANGUAGES, "DEFAULT_LANG": "ja"})
    assert ["ja", "en", "zh-Hans"] == list(found)


def test_all_faults_of_the_settings_are_said_at_once():
    with pytest.raises(SettingsError) as caught:
        languages_of(
            {
                "LANGUAGES": {
                    "ja": {**LANGUAGES["ja"], "colour": "red"},
                    "English": LANGUAGES["en"],
                    "en": {**LANGUAGES["en"], "author": ""},
                },
                "DEFAULT_LANG": "de",
            }
        )
    assert str(caught.value).splitlines() == [
        'pelicanconf.py: LANGUAGES["ja"].colour: Extra inputs are not permitted',
        'pelicanconf.py: LANGUAGES["English"]: no language tag (RFC 5646); write ja, en or zh-Hans',
        'pelicanconf.py: LANGUAGES["en"].author: String should have at least 1 character',
        'pelicanconf.py: DEFAULT_LANG: "de" is not in LANGUAGES',
    ]


def test_a_topic_needs_a_name_in_every_language(tmp_path):
    file = tmp_path / "topics.toml"
    file.write_text('[dns]\nja = "DNS"\n\n["Big Things"]\nja = "大"\nen = " "\n', "utf-8")
    with pytest.raises(TopicError) as caught:
        load_topics(file, ["ja", "en"])
    assert str(caught.value).splitlines() == [
        'content/topics.toml: [dns]: has no name in en; write en = "…"',
        "content/topics.toml: [Big Things]: a slug is a-z, 0-9 and hyphens, as in submarine-cables",
        'content/topics.toml: [Big Things]: has no name in en; write en = "…"',
    ]


def test_a_site_without_topics_has_none(tmp_path):
    assert load_topics(tmp_path / "topics.toml", ["ja"]) == {}
