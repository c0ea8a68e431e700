"""Everything wrong in `content/`, by the rules of all plugins, a line each."""

import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from columns.source import Header
from lint.model import HeaderField, Problem, Rules
from lint.run import check, examine, main, report, rules_of

CABLE = "columns/2014-03-24-cable-fault/ja.md"
BOTH = frozenset({"column", "page"})


def _colour_fault(value):
    return None if value == "red" else f'"{value}" is no colour; write red'


RULES = Rules(
    headers=(
        HeaderField("Title", "What it is called.", "朝", kinds=BOTH, required=BOTH),
        HeaderField("Status", "Who may see it.", "draft", kinds=BOTH),
        HeaderField("Colour", "Its colour", "red", check=_colour_fault),
    )
)


@pytest.fixture
def content(tmp_path):
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def put(content, path, data):
    file = content / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())


def lines(problems):
    return [str(problem) for problem in sorted(problems)]


HEADERS = {
    "a required header is missing": (
        {CABLE: "Colour: red\n"},
        [f"content/{CABLE}:1: Title: missing; write e.g. Title: 朝 (What it is called)"],
    ),
    "an empty file": (
        {"pages/about/ja.md": ""},
        ["content/pages/about/ja.md:1: Title: missing; write e.g. Title: 朝 (What it is called)"],
    ),
    "an unknown header, close to a known one": (
        {CABLE: "Title: 朝\nColor: red\n"},
        [f"content/{CABLE}:2: Color: no such header; did you mean Colour?"],
    ),
    "an unknown header like none": (
        {CABLE: "Title: 朝\nX-Y: 1\n"},
        [f"content/{CABLE}:2: X-y: no such header; known are Title, Status, Colour"],
    ),
    "a header given twice": (
        {CABLE: "Title: 朝\nColour: red\ntitle: 夕\n"},
        [f"content/{CABLE}:3: Title: given twice, first in line 1; keep one"],
    ),
    "an empty header that must stand": (
        {CABLE: "Title:\n"},
        [f"content/{CABLE}:1: Title: empty; write e.g. Title: 朝 (What it is called)"],
    ),
    "an empty header that may go": (
        {CABLE: "Title: 朝\nColour:\n"},
        [
            (
                f"content/{CABLE}:2: Colour: empty; "
                "write e.g. Colour: red (Its colour), or delete the line"
            )
        ],
    ),
    "a title of white space in full width": (
        {CABLE: "Title: \u3000\n"},
        [f"content/{CABLE}:1: Title: empty; write e.g. Title: 朝 (What it is called)"],
    ),
    "a title of characters without width": (
        {CABLE: "Title: \u200b\u2060\ufeff\u00ad\n"},
        [
            (
                f"content/{CABLE}:1: Title: nothing of it can be seen; "
                "write e.g. Title: 朝 (What it is called)"
            )
        ],
    ),
    "a title of letters without ink": (
        {CABLE: "Title: \u3164 \uffa0\u2800\ufe0f\nColour: \u200d\n"},
        [
            (
                f"content/{CABLE}:1: Title: nothing of it can be seen; "
                "write e.g. Title: 朝 (What it is called)"
            ),
            (
                f"content/{CABLE}:2: Colour: nothing of it can be seen; "
                "write e.g. Colour: red (Its colour), or delete the line"
            ),
        ],
    ),
    "a value that fails its check": (
        {CABLE: "Title: 朝\nColour: mauve\n"},
        [f'content/{CABLE}:2: Colour: "mauve" is no colour; write red'],
    ),
    "a column's header in a page": (
        {"pages/about/ja.md": "Title: 私たち\nColour: red\n"},
        ["content/pages/about/ja.md:2: Colour: not for a page; delete the line"],
    ),
    "all of it at once, in the order of the files and lines": (
        {CABLE: "Colour: mauve\nColor: red\n", "pages/about/ja.md": "Title:\n"},
        [
            f'content/{CABLE}:1: Colour: "mauve" is no colour; write red',
            f"content/{CABLE}:1: Title: missing; write e.g. Title: 朝 (What it is called)",
            f"content/{CABLE}:2: Color: no such header; did you mean Colour?",
            ("content/pages/about/ja.md:1: Title: empty; write e.g. Title: 朝 (What it is called)"),
        ],
    ),
}

PLACEHOLDERS = {
    "a draft may wait with its placeholders": (
        {CABLE: "Title: 〈題〉\nStatus: draft\nColour: 〈色〉\n\n## 〈見出し〉\n\n〈本文〉\n"},
        [],
    ),
    "a published text may not": (
        {CABLE: "Title: 〈題〉\nColour: 〈色〉\n\n## 〈見出し〉\n\n  〈本文〉\n"},
        [
            (
                f"content/{CABLE}:1: Title: still a placeholder; "
                "write e.g. Title: 朝 (What it is called)"
            ),
            (
                f"content/{CABLE}:2: Colour: still a placeholder; "
                "write e.g. Colour: red (Its colour), or delete the line"
            ),
            (
                f"content/{CABLE}:4: still a placeholder; "
                "write the text or delete the line: ## 〈見出し〉"
            ),
            f"content/{CABLE}:6: still a placeholder; write the text or delete the line: 〈本文〉",
        ],
    ),
    "brackets within a text are a text": (
        {CABLE: "Title: 〈前編〉海底ケーブル〈後編〉\n\n図〈一〉を見よ\n\n〈上〉と〈下〉\n"},
        [],
    ),
}

FILES = {
    "a file that is not UTF-8": (
        {CABLE: b"Title: x\n\n\x8a\x43\n"},
        [f"content/{CABLE}:3: byte 0x8a is not UTF-8; save the file as UTF-8"],
    ),
    "a control character": (
        {CABLE: "Title: 朝\n\nOne\x08\x07\ntwo\x0c\n"},
        [
            f"content/{CABLE}:3: U+0008: a control character or none at all; delete it",
            f"content/{CABLE}:4: U+000C: a control character or none at all; delete it",
        ],
    ),
    "a control that turns the direction of writing": (
        {
            "topics.toml": 'x = "\u202ey"\n',
            "pages/a.svg": "<!-- \u2066 -->",
        },
        [
            "content/pages/a.svg:1: U+2066: a control character or none at all; delete it",
            "content/topics.toml:1: U+202E: a control character or none at all; delete it",
        ],
    ),
    "a character that Unicode leaves to none": (
        {CABLE: "Title: 朝\n\na\ufffeb\n\U0010ffff\n"},
        [
            f"content/{CABLE}:3: U+FFFE: a control character or none at all; delete it",
            f"content/{CABLE}:4: U+10FFFF: a control character or none at all; delete it",
        ],
    ),
    "a lone CR, which is no line end": (
        {CABLE: "Title: 朝\n\none\rtwo\n"},
        [f"content/{CABLE}:3: U+000D: a control character or none at all; delete it"],
    ),
    "a text that fits no place": (
        {"columns/cable-fault/ja.md": "Title: 朝\n"},
        [
            (
                "content/columns/cable-fault/ja.md:1: no place for a text; "
                "write columns/2014-03-24-cable-fault/ja.md or, for a page, pages/about/ja.md"
            )
        ],
    ),
    "a file name that makes no address": (
        {"columns/2014-03-24-cable-fault/図 1.svg": "<svg/>"},
        [
            (
                'content/columns/2014-03-24-cable-fault/図 1.svg:1: file name "図 1.svg": '
                "write letters a to z, digits, dots, hyphens and underscores, e.g. figure-1.svg"
            )
        ],
    ),
    "a file that nothing reads": (
        {"columns/2014-03-24-cable-fault/ja.html": "本文"},
        [
            (
                'content/columns/2014-03-24-cable-fault/ja.html:1: file name "ja.html": '
                "nothing reads it; write .md for a text, "
                "one of .avif .csv .gif .jpeg .jpg .pcap .pdf .png .svg .txt .webp "
                "for what lies beside it"
            )
        ],
    ),
}

SOUND = {
    "a column with what lies beside it": {
        CABLE: "\ufeffTitle: 朝\r\n\r\n本文\u3000\tと\r\n",
        "columns/2014-03-24-cable-fault/capture.pcap": b"\xd4\xc3",
        "columns/2014-03-24-cable-fault/photo.png": b"\x89PNG\x00",
        "topics.toml": "",
    },
    "a title of one sign": {CABLE: "Title: ☂\ufe0f\n", "pages/about/ja.md": "Title: が\u200bつ\n"},
    "a hidden file, which nobody reads": {".DS_Store": b"\x00\x01", "columns/.x/ja.md": b"\x82"},
    "another room's file": {"status/recordings/2014-03-24.json": b"{}"},
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [*HEADERS.values(), *PLACEHOLDERS.values(), *FILES.values()],
    ids=[*HEADERS, *PLACEHOLDERS, *FILES],
)
def test_a_fault_has_its_file_line_and_cure(content, files, expected):
    """Each fault has a line that says where, what, and what to write instead."""
    for path, data in files.items():
        put(content, path, data)
    assert expected == lines(examine(content, RULES))


@pytest.mark.parametrize("files", SOUND.values(), ids=SOUND)
def test_what_is_sound_is_left_alone(content, files):
    """The lint does not speak of what is no fault."""
    for path, data in files.items():
        put(content, path, data)
    assert lines(examine(content, RULES)) == []


def test_a_symbolic_link_stays_in_content(content):
    """A link to a file of content is that file; any other is a problem and is not read."""
    put(content, CABLE, "Title: 朝\n")
    put(content, "../secret.md", "Title: 〈題〉\n")
    for name, target in {
        "columns/2014-03-24-cable-fault/en.md": "ja.md",
        "columns/2014-03-24-cable-fault/fr.md": "../../../secret.md",
        "columns/2014-03-24-cable-fault/de.md": "nothing.md",
        "columns/2014-03-24-cable-fault/es.md": "es.md",
        "columns/2015-06-12-all": "..",
        "outside": "/etc",
    }.items():
        (content / name).symlink_to(target)
    os.mkfifo(content / "columns/2014-03-24-cable-fault/pipe.md")
    folder = "content/columns/2014-03-24-cable-fault"
    assert [
        f"{folder}/de.md:1: a symbolic link to no file; put the file itself here",
        f"{folder}/es.md:1: a symbolic link to no file; put the file itself here",
        f"{folder}/fr.md:1: a symbolic link that leaves content/; put the file itself here",
        f"{folder}/pipe.md:1: neither a file nor a folder; delete it",
        "content/columns/2015-06-12-all:1: a symbolic link to a folder; put the folder itself here",
        "content/outside:1: a symbolic link that leaves content/; put the file itself here",
    ] == lines(examine(content, RULES))


def test_a_missing_folder_is_not_a_clean_one(content):
    """Where there is no content, there is nothing to call faultless."""
    with pytest.raises(FileNotFoundError):
        list(examine(content / "missing", RULES))


def test_each_rule_sees_each_file_and_the_last_ones_see_all(content):
    """A rule for one file is asked once for each, one for all of them once."""
    put(content, CABLE, "Title: 朝\n")
    put(content, "pages/about/ja.md", "Title: 私たち\n")

    def each(source):
        yield Problem(source.path, 1, "each")

    def overall(whole):
        yield Problem(whole.sources[0].path, 2, f"overall {len(whole.sources)}")

    assert [
        f"content/{CABLE}:1: each",
        f"content/{CABLE}:2: overall 2",
        "content/pages/about/ja.md:1: each",
    ] == lines(examine(content, Rules(RULES.headers, (each,), (overall,))))


def test_a_rule_does_not_see_placeholders(content):
    """What a header only explains is not yet said, so that no rule stumbles over it."""
    put(content, CABLE, "Title: 朝\nStatus: draft\nColour: 〈色〉\n")
    seen = []
    list(examine(content, Rules(RULES.headers, (lambda s: seen.extend(s.headers) or (),))))
    assert [Header("title", "朝", 1), Header("status", "draft", 2)] == seen


def test_a_rule_that_stumbles_over_one_file_names_it_and_checks_the_others(content):
    """One bad text hides no other's problems."""
    put(content, CABLE, "Title: 朝\n\n本文\n")
    put(content, "pages/about/ja.md", "Title: 私たち\n")

    def broken(source):
        if source.is_column:
            raise ZeroDivisionError("x")
        yield Problem(source.path, 1, "seen")

    assert [
        f"content/{CABLE}:3: cannot be checked: ZeroDivisionError: x",
        "content/pages/about/ja.md:1: seen",
    ] == lines(examine(content, Rules(RULES.headers, (broken,))))


def test_a_rule_that_stumbles_over_all_files_hides_no_other_rules_problems(content):
    """A fault of ours is one problem more, and never the end of the preview."""
    put(content, CABLE, "Title: 朝\n\n本文\n")

    def broken(_):
        raise ZeroDivisionError("x")

    def sound(texts):
        yield Problem(texts.sources[0].path, 1, "seen")

    assert [
        "content/.:1: the texts cannot be compared: ZeroDivisionError: x",
        f"content/{CABLE}:1: seen",
    ] == lines(examine(content, Rules(RULES.headers, overall=(broken, sound))))


def test_two_plugins_cannot_own_a_header(content):
    """A header has one meaning."""
    twice = Rules((*RULES.headers, HeaderField("title", "Another.", "x")))
    with pytest.raises(ValueError, match=r"^title: two plugins register this header$"):
        list(examine(content, twice))


@pytest.fixture
def plugins(monkeypatch):
    """Give two plugins with rules, `paint` and `names`, and one without, `bare`."""
    paint, names, bare = (ModuleType(name) for name in ("paint", "names", "bare"))
    paint.lint_rules = lambda settings: Rules(
        headers=(HeaderField("Colour", "Its colour", settings["COLOUR"]),)
    )
    names.lint_rules = lambda settings: Rules(headers=RULES.headers[:2])  # noqa: ARG005  one is given
    for module in (paint, names, bare):
        module.register = lambda: None
        module.__spec__ = ModuleSpec(module.__name__, None)  # without one Pelican finds no plugin
        monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("plugins")
def test_every_plugin_is_asked_for_its_rules(content):
    """The lint knows no rule itself: it asks each plugin, with the site's settings."""
    settings = {"PLUGINS": ["paint", "bare", "names"], "COLOUR": "red"}
    assert ["Colour", "Title", "Status"] == [field.name for field in rules_of(settings).headers]
    put(content, CABLE, "Title: 朝\nColour:\n")
    assert [
        Problem(CABLE, 2, "Colour: empty; write e.g. Colour: red (Its colour), or delete the line")
    ] == check(content, settings)


def test_a_report_is_a_line_for_each_problem_and_their_number():
    """The report ends with how many there are."""
    assert report([Problem(CABLE, 1, "a")]) == f"content/{CABLE}:1: a\n1 problem in content/"
    assert report([]) == "0 problems in content/"


def test_a_report_shows_what_would_steer_the_terminal():
    """A value quoted from a file is printed, not obeyed, and never breaks its line."""
    problem = Problem(CABLE, 1, '"\x1b[2J\n\u202e\udc82朝\u3000" is no slug')
    expected = f'content/{CABLE}:1: "\\u001b[2J\\u000a\\u202e\\udc82朝\u3000" is no slug'
    assert expected == report([problem]).splitlines()[0]


def settings_file(content, plugins, more=""):
    file = content.parent / "conf.py"
    file.write_text(
        f"PATH = 'content'\nPLUGINS = {plugins}\nCOLOUR = 'red'\nTIMEZONE = 'Asia/Tokyo'\n{more}",
        "utf-8",
    )
    return str(file)


@pytest.mark.usefixtures("plugins")
def test_a_check_prints_all_problems_and_fails(content, capsys):
    """Asked by hand, the lint names every problem once and exits with 1, else with 0."""
    conf = settings_file(content, ["paint", "names", "lint"], "PUBLIC = True\n")
    put(content, CABLE, "Title:\n")
    assert main(conf) == 1
    assert [
        f"content/{CABLE}:1: Title: empty; write e.g. Title: 朝 (What it is called)",
        "1 problem in content/",
    ] == capsys.readouterr().err.splitlines()
    put(content, CABLE, "Title: 朝\n")
    assert main(conf) == 0
    assert capsys.readouterr().err.splitlines() == ["0 problems in content/"]


@pytest.mark.usefixtures("plugins")
def test_a_check_without_a_plugins_rules_fails(content, capsys):
    """A plugin that does not load takes its rules with it; that is no clean result."""
    conf = settings_file(content, ["names", "not_there"])
    with pytest.raises(SystemExit, match=r"conf\.py: PLUGINS: not_there did not load$"):
        main(conf)
    assert "0 problems" not in capsys.readouterr().err


ENDINGS = {
    "a full-width colon": (
        "Title: 朝\nStatus： draft\n\n本文\n",
        '2: "Status： draft" is no header;'
        " write Name: value with an ASCII colon, then a blank line",
    ),
    "a space before the colon": (
        "Title: 朝\nStatus : draft\n\n本文\n",
        '2: "Status : draft" is no header;'
        " write Name: value with an ASCII colon, then a blank line",
    ),
    "an indented name": (
        "Title: 朝\n Status: draft\n\n本文\n",
        '2: "Status: draft" is no header; write Name: value with an ASCII colon, then a blank line',
    ),
    "an invisible character": (
        "Title: 朝\n\u200bStatus: draft\n\n本文\n",
        '2: "\u200bStatus: draft" is no header;'
        " write Name: value with an ASCII colon, then a blank line",
    ),
    "a Japanese name": (
        "Title: 朝\n題名: x\n\n本文\n",
        '2: "題名: x" is no header; write Name: value with an ASCII colon, then a blank line',
    ),
    "a header behind the blank line": (
        "Title: 朝\n\nstatus\u3000： draft\n\n本文\n",
        '3: "status\u3000： draft" looks like a header but stands in the text; move it up',
    ),
    "text right behind the headers": (
        "Title: 朝\n本文\n",
        '2: "本文" is no header; write Name: value with an ASCII colon, then a blank line',
    ),
}


@pytest.mark.parametrize(("text", "expected"), ENDINGS.values(), ids=ENDINGS)
def test_a_mistyped_header_does_not_end_the_headers_in_silence(content, text, expected):
    """What was meant as `Status: draft` is never taken for text."""
    put(content, CABLE, text)
    assert [f"content/{CABLE}:{expected}"] == lines(examine(content, RULES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\nTitle: 朝\n\n本文\n", "the file begins with a blank line; begin with the headers"),
        (
            "---\nTitle: 朝\n---\n\n本文\n",
            '"---" is no header; write Name: value with an ASCII colon, then a blank line',
        ),
    ],
    ids=["blank line", "front matter"],
)
def test_a_file_begins_with_its_headers(content, text, expected):
    """A blank line or another house's front matter is named, not only what it hides."""
    put(content, CABLE, text)
    assert expected in [problem.message for problem in examine(content, RULES)]


def test_a_text_may_begin_with_a_word_and_a_colon(content):
    """Only the name of a header is one."""
    put(content, CABLE, "Title: 朝\n\nNote: 本文\n")
    assert lines(examine(content, RULES)) == []
