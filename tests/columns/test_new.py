"""`invoke new`: a folder with a draft in each language."""

from datetime import UTC, date, datetime
from random import Random

import pytest

from columns.new import create, drafts
from columns.rules import lint_rules
from columns.source import parse
from lint.model import HeaderField, Rules, is_placeholder
from lint.run import examine

TODAY = date(2014, 3, 24)
SETTINGS = {
    "LANGUAGES": {"ja": {}, "en": {}},
    "POSTSCRIPT_HEADINGS": {"ja": ("あとがき", "追記"), "en": ("Postscript",)},
    "TIMEZONE": "Asia/Tokyo",
    "NOW": datetime(2014, 3, 23, 15, 30, tzinfo=UTC),
}
TAGS = HeaderField(name="Tags", meaning="Topics, with commas between.", example="dns, vpn")
SLUG = HeaderField(name="Slug", meaning="As the folder says.", example="x", offered=False)
LANG = HeaderField(name="Lang", meaning="As the file says.", example="ja", offered=False)
MENU = HeaderField(name="Menu", meaning="Where.", example="1", kinds=frozenset({"page"}))
AUTHOR = HeaderField(name="Author", meaning="Who.", example="A", required=frozenset({"column"}))
RULES = lint_rules(SETTINGS)
FIELDS = (TAGS, MENU, *RULES.headers, SLUG, LANG, AUTHOR)

JA = """\
Title: 海底ケーブルが切れた朝
Id: eu2ce1rnhr
Date: 2014-03-24
Summary: 〈One or two sentences for lists and feeds, at most 300 characters; e.g. \
早朝、台湾沖でケーブルが切れた。迂回路を探した一日の記録。〉
Author: 〈Who; e.g. A〉
Tags: 〈Topics, with commas between; e.g. dns, vpn〉
Modified: 〈When the text last changed in a way that readers should know of; \
e.g. 2014-03-26 18:30〉
Status: draft

## 〈A heading that says what happened; two to four in a text〉

〈What broke, how it was found, wrong turns too, and what to do about it〉

## あとがき

〈Two to five lines of a lighter, more personal kind〉
"""


@pytest.fixture
def content(tmp_path):
    (tmp_path / "columns").mkdir()
    return tmp_path


def source_of_chance(seed=1):
    return Random(seed)  # noqa: S311  an id is no secret, and a test repeats itself


def new(content, slug, *titles, seed=1):
    settings = SETTINGS | {"PATH": str(content)}
    return create(settings, FIELDS, slug, titles, source_of_chance(seed))


def files(content):
    return sorted(str(p.relative_to(content)) for p in content.rglob("*") if p.is_file())


def test_a_draft_explains_every_header():
    """Every header of every plugin stands there, required ones first, saying what to write."""
    headings = SETTINGS["POSTSCRIPT_HEADINGS"]
    titles = {"ja": "海底ケーブルが切れた朝"}
    assert drafts("cable-fault", titles, FIELDS, headings, TODAY, source_of_chance()) == {
        "columns/2014-03-24-cable-fault/ja.md": JA
    }


def test_a_column_begins_with_a_file_for_each_title(content, capsys):
    """The folder bears the day and the slug; all languages share one fresh id."""
    assert new(content, "cable-fault", "ja=海底ケーブルが切れた朝", "en=A = B: the morning") == 0
    folder = "columns/2014-03-24-cable-fault"
    assert [f"{folder}/en.md", f"{folder}/ja.md"] == files(content)
    ja, en = (
        parse(p, (content / p).read_text("utf-8")) for p in (f"{folder}/ja.md", f"{folder}/en.md")
    )
    assert (
        ja.value("title"),
        en.value("title"),
    ) == ("海底ケーブルが切れた朝", "A = B: the morning")
    assert ja.value("id") == en.value("id")
    assert "\n## Postscript\n" in en.body
    assert f"content/{folder}/ja.md\ncontent/{folder}/en.md\n" == capsys.readouterr().out


def test_another_column_has_another_id(content):
    """An id is fresh."""
    new(content, "one", "ja=一", seed=1)
    new(content, "two", "ja=二", seed=2)
    ids = {parse(path, (content / path).read_text("utf-8")).value("id") for path in files(content)}
    assert len(ids) == 2


def test_a_new_draft_passes_the_lint_and_cannot_be_published_as_it_is(content):
    """A draft may wait with its placeholders; published, each of them is a problem."""
    rules = Rules(FIELDS, RULES.each, RULES.overall)
    new(content, "cable-fault", "ja=朝", "en=Morning")
    assert list(examine(content, rules)) == []
    path = content / "columns/2014-03-24-cable-fault/ja.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Status: draft", "Status: published"), "utf-8")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.endswith("〉")]
    assert lines == sorted(problem.line for problem in examine(content, rules))


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_placeholder_is_known_as_one(field):
    """What a draft carries in place of a value is told from a value."""
    assert is_placeholder(field.placeholder)
    assert not is_placeholder(field.example)


REFUSALS = {
    "no title": (
        ["cable-fault"],
        ['--title: missing; give one or more, e.g. --title en="A cable fault"'],
    ),
    "an unknown language": (
        ["cable-fault", "fr=Le matin"],
        ["--title fr: no language of this site; write one of ja, en"],
    ),
    "a language with a way out of the folder": (
        ["cable-fault", "../../ja=朝"],
        ["--title ../../ja: no language of this site; write one of ja, en"],
    ),
    "a title without its language": (
        ["cable-fault", "Morning"],
        ['--title "Morning": write <language>=<title>, e.g. en="A cable fault"'],
    ),
    "a language twice": (["cable-fault", "ja=朝", "ja=夕"], ["--title ja: given twice; give one"]),
    "an empty title": (
        ["cable-fault", "ja="],
        ["--title ja: empty; write e.g. ja=海底ケーブルが切れた朝"],
    ),
    "a title that would be two headers": (
        ["cable-fault", "ja=朝\nStatus: published"],
        ["--title ja: a line break or another control character; write one line of text"],
    ),
    "a title that is not Unicode": (
        ["cable-fault", "ja=朝\udc82"],
        ["--title ja: a line break or another control character; write one line of text"],
    ),
    "a title that is a placeholder": (
        ["cable-fault", "ja=〈題〉"],
        ["--title ja: only 〈…〉, which marks a placeholder; write a title"],
    ),
    "a title too long": (
        ["cable-fault", "ja=" + "あ" * 81],
        ["--title ja: 81 characters are too many; write at most 80"],
    ),
    "a bad slug": (
        ["Cable_Fault", "ja=朝"],
        ['slug "Cable_Fault": write a to z, digits and single hyphens, e.g. cable-fault'],
    ),
    "a slug with a way out of the folder": (
        ["../cable", "ja=朝"],
        ['slug "../cable": write a to z, digits and single hyphens, e.g. cable-fault'],
    ),
    "a reserved slug": (
        ["feeds", "ja=朝"],
        [
            (
                'slug "feeds" is reserved (columns, feeds, postscripts, status, subscribe, topics, '
                "four digits); write e.g. feeds-story"
            )
        ],
    ),
    "a slug of another day": (
        ["unknown-box", "ja=箱"],
        ['slug "unknown-box" is taken by content/columns/2010-01-01-unknown-box; choose another'],
    ),
    "a column of today": (
        ["here", "en=Here"],
        ['slug "here" is taken by content/columns/2014-03-24-here; choose another'],
    ),
    "all of it at once": (
        ["Feeds", "fr=", "ja=", "Morning"],
        [
            'slug "Feeds": write a to z, digits and single hyphens, e.g. cable-fault',
            "--title fr: no language of this site; write one of ja, en",
            "--title fr: empty; write e.g. fr=海底ケーブルが切れた朝",
            "--title ja: empty; write e.g. ja=海底ケーブルが切れた朝",
            '--title "Morning": write <language>=<title>, e.g. en="A cable fault"',
        ],
    ),
}


@pytest.mark.parametrize(("arguments", "faults"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_names_all_faults_and_writes_nothing(content, capsys, arguments, faults):
    """What cannot be done is not begun."""
    (content / "columns/2014-03-24-here").mkdir()
    (content / "columns/2014-03-24-here/ja.md").write_text("kept", "utf-8")
    (content / "columns/2010-01-01-unknown-box").mkdir()
    before = sorted(content.rglob("*"))
    assert new(content, *arguments) == 1
    assert faults == capsys.readouterr().err.splitlines()
    assert before == sorted(content.rglob("*"))
    assert (content / "columns/2014-03-24-here/ja.md").read_text("utf-8") == "kept"


def test_the_first_column_of_a_site_makes_its_folder(tmp_path):
    """A site without columns yet gets one."""
    assert new(tmp_path, "cable-fault", "ja=朝") == 0
    assert files(tmp_path) == ["columns/2014-03-24-cable-fault/ja.md"]


def test_today_is_the_day_in_the_sites_zone(tmp_path):
    """At half past three in the afternoon of UTC it is tomorrow in Japan."""
    assert SETTINGS["NOW"].date() < TODAY
    new(tmp_path, "cable-fault", "ja=朝")
    assert files(tmp_path) == [f"columns/{TODAY}-cable-fault/ja.md"]
