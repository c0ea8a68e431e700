"""Settings and topics are checked as a whole before anything is built."""

import pytest

from bilingual.errors import SettingsError, TopicError
from bilingual.settings import site_of
from bilingual.topics import load_topics
from tests.builders import LANGUAGES, settings


def faults(**values):
    with pytest.raises(SettingsError) as caught:
        site_of(settings(**values))
    return str(caught.value).splitlines()


def test_any_number_of_languages_in_their_order():
    headings = dict.fromkeys(LANGUAGES, ("Postscript",))
    site = site_of(settings(LANGUAGES=LANGUAGES, POSTSCRIPT_HEADINGS=headings))
    assert ["ja", "en", "zh-Hans"] == list(site.languages)


def test_all_faults_of_the_settings_are_said_at_once():
    found = faults(
        LANGUAGES={
            "ja": {**LANGUAGES["ja"], "colour": "red"},
            "English": LANGUAGES["en"],
            "en": {**LANGUAGES["en"], "author": ""},
        },
        DEFAULT_LANG="de",
        POSTSCRIPT_HEADINGS={"ja": ("あとがき"), "en": (), "fr": ("Postface",)},
        TIMEZONE="Asia/Tokio",
    )
    assert found == [
        'pelicanconf.py: LANGUAGES["ja"].colour: Extra inputs are not permitted',
        'pelicanconf.py: LANGUAGES["English"]: "English" is no language tag (RFC 5646);'
        " write ja, en or zh-Hans",
        'pelicanconf.py: LANGUAGES["en"].author: String should have at least 1 character',
        'pelicanconf.py: POSTSCRIPT_HEADINGS["ja"]: "あとがき" is one text;'
        ' write a tuple with a comma, ("あとがき",)',
        'pelicanconf.py: POSTSCRIPT_HEADINGS["en"]: Tuple should have at least 1 item'
        " after validation, not 0",
        'pelicanconf.py: TIMEZONE: "Asia/Tokio" is no time zone; write Asia/Tokyo',
        'pelicanconf.py: DEFAULT_LANG: "de" is not in LANGUAGES',
        'pelicanconf.py: POSTSCRIPT_HEADINGS: lacks "English"; write the heading of a postscript'
        ' in that language, "English": ("Postscript",)',
        'pelicanconf.py: POSTSCRIPT_HEADINGS: "fr" is not in LANGUAGES',
    ]


_NO_SITE = "is no address of a site; write https://columns.example, without ? and #"
_NO_TAG = "is no tag authority (RFC 4151); write columns.example,2009"
_NO_HUB = "is no address; write https://hub.example/ or None"


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        *(
            ("SITEURL", url, _NO_SITE)
            for url in ("", "/log", "ftp://x.example", "https://x/?a", "https://x/#", "http://[")
        ),
        *(
            ("TAG_AUTHORITY", tag, _NO_TAG)
            for tag in ("", "x.example", "x.example,09", "x.example,2009-13", "x_y!,2009", "tag:x")
        ),
        *(
            ("ICP_NUMBER", number, "is no ICP number; write 京ICP备12345678号-1, or None")
            for number in ("", "ICP12345678", "京ICP備12345678号", "京ICP备12345678号-1 ")
        ),
        *(("WEBSUB_HUB", hub, _NO_HUB) for hub in ("", "hub.example", "javascript:x", "http://")),
        *(
            ("TIMEZONE", zone, "is no time zone; write Asia/Tokyo")
            for zone in ("", "JP", "Asia", "../../etc/passwd", "Asia/Tokyo\0")
        ),
    ],
)
def test_a_setting_that_no_site_can_be_built_with_is_named_with_the_cure(name, value, fault):
    assert faults(**{name: value}) == [f'pelicanconf.py: {name}: "{value}" {fault}']


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITEURL", "http://127.0.0.1:8000"),
        ("SITEURL", "https://columns.example/preview/x7"),
        ("TAG_AUTHORITY", "columns@atogaki.example,2009-01-31"),
        ("WEBSUB_HUB", "https://hub.example/"),
        ("WEBSUB_HUB", None),
        ("ICP_NUMBER", "沪ICP证030108号"),
        ("ICP_NUMBER", None),
        ("POSTSCRIPT_HEADINGS", {"ja": ["あとがき", "追記"], "en": ("Postscript",)}),
    ],
)
def test_what_a_setting_may_be(name, value):
    site_of(settings(**{name: value}))


def test_a_setting_that_is_missing_is_named():
    given = settings()
    del given["POSTSCRIPT_HEADINGS"]
    with pytest.raises(SettingsError, match=r"^pelicanconf.py: POSTSCRIPT_HEADINGS: Field"):
        site_of(given)


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


def test_a_name_is_a_text_in_a_language_of_the_site(tmp_path):
    """A number would be printed as it is, and a misspelt language never."""
    file = tmp_path / "topics.toml"
    file.write_text('[dns]\nja = 1\nen = { a = 1 }\njp = "DNS"\n', "utf-8")
    with pytest.raises(TopicError) as caught:
        load_topics(file, ["ja", "en"])
    assert str(caught.value).splitlines() == [
        'content/topics.toml: [dns]: ja: 1 is no text; write ja = "…"',
        """content/topics.toml: [dns]: en: {'a': 1} is no text; write en = "…\"""",
        'content/topics.toml: [dns]: "jp" is not a language of this site; they are ja, en',
    ]


def test_a_site_without_topics_has_none(tmp_path):
    assert load_topics(tmp_path / "topics.toml", ["ja"]) == {}
