"""Rules for the folders, dates, ids and slugs of columns and pages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columns.rules import RESERVED_SLUGS, lint_rules
from columns.source import parse
from lint.model import Content

CABLE = "columns/2014-03-24-cable-fault"
NOW = datetime(2024, 6, 20, 3, 0, tzinfo=UTC)  # noon in Japan


def column(id_="k7q2mzv4xh", date="2014-03-24", more=""):
    return f"Title: 朝\nId: {id_}\nDate: {date}\n{more}\n本文\n"


def problems(files):
    """Return what the rules say of texts by their paths, a line each."""
    rules = lint_rules({"TIMEZONE": "Asia/Tokyo", "NOW": NOW})
    content = Content(Path(), tuple(parse(path, files[path]) for path in sorted(files)))
    each = [p for source in content.sources for rule in rules.each for p in rule(source)]
    overall = [p for rule in rules.overall for p in rule(content)]
    return [str(problem) for problem in each + overall]


RESERVED = "(columns, feeds, postscripts, status, subscribe, topics, four digits)"

FAULTS = {
    "a slug that is not ASCII": (
        {"columns/2014-03-24-障害/ja.md": column()},
        [
            (
                'content/columns/2014-03-24-障害/ja.md:1: slug "障害": '
                "write a to z, digits and single hyphens, e.g. cable-fault"
            )
        ],
    ),
    "a slug in capitals, of a page": (
        {"pages/About/ja.md": "Title: 私たち\n"},
        [
            (
                'content/pages/About/ja.md:1: slug "About": '
                "write a to z, digits and single hyphens, e.g. cable-fault"
            )
        ],
    ),
    "a reserved slug, of a column": (
        {"columns/2014-03-24-topics/ja.md": column()},
        [
            (
                'content/columns/2014-03-24-topics/ja.md:1: slug "topics" is reserved '
                f"{RESERVED}; write e.g. topics-story"
            )
        ],
    ),
    "a reserved slug, of a page": (
        {"pages/status/ja.md": "Title: 状況\n"},
        [
            (
                'content/pages/status/ja.md:1: slug "status" is reserved '
                f"{RESERVED}; write e.g. status-story"
            )
        ],
    ),
    "a slug like a year": (
        {"pages/2014/ja.md": "Title: 年\n"},
        [f'content/pages/2014/ja.md:1: slug "2014" is reserved {RESERVED}; write e.g. 2014-story'],
    ),
    "a folder's date that is none": (
        {"columns/2014-02-30-cable-fault/ja.md": column()},
        [
            (
                'content/columns/2014-02-30-cable-fault/ja.md:1: folder: "2014-02-30" is no date; '
                "name it like 2014-03-24-cable-fault"
            )
        ],
    ),
    "a folder's date in full-width digits": (
        {"columns/２０１４-03-24-cable-fault/ja.md": column()},
        [
            (
                'content/columns/２０１４-03-24-cable-fault/ja.md:1: folder: "２０１４-03-24" '
                "is no date; name it like 2014-03-24-cable-fault"
            )
        ],
    ),
    "a Date of another day": (
        {f"{CABLE}/ja.md": column(date="2014-03-25 09:00")},
        [
            (
                f"content/{CABLE}/ja.md:3: Date: 2014-03-25 is not the folder's date; "
                "write 2014-03-24 or rename the folder to 2014-03-25-cable-fault"
            )
        ],
    ),
    "changed on a day before": (
        {f"{CABLE}/ja.md": column(more="Modified: 2014-03-23\n")},
        [
            (
                f"content/{CABLE}/ja.md:4: Modified: 2014-03-23 is before Date, 2014-03-24; "
                "write a later one"
            )
        ],
    ),
    "changed an hour before, in Shanghai": (
        {
            f"{CABLE}/ja.md": column(
                date="2014-03-24 09:00", more="Modified: 2014-03-24 07:59 +0800\n"
            )
        },
        [
            (
                f"content/{CABLE}/ja.md:4: Modified: 2014-03-24 07:59 +0800 is before Date, "
                "2014-03-24 09:00; write a later one"
            )
        ],
    ),
    "changed tomorrow": (
        {f"{CABLE}/ja.md": column(more="Modified: 2024-06-21\n")},
        [
            (
                f"content/{CABLE}/ja.md:4: Modified: 2024-06-21 is yet to come; "
                "write when the text changed"
            )
        ],
    ),
    "changed a minute from now, in Shanghai": (
        {f"{CABLE}/ja.md": column(more="Modified: 2024-06-20 11:01 +0800\n")},
        [
            (
                f"content/{CABLE}/ja.md:4: Modified: 2024-06-20 11:01 +0800 is yet to come; "
                "write when the text changed"
            )
        ],
    ),
    "a page that changed tomorrow": (
        {"pages/about/ja.md": "Title: 私たち\nModified: 2024-06-21\n"},
        [
            (
                "content/pages/about/ja.md:2: Modified: 2024-06-21 is yet to come; "
                "write when the text changed"
            )
        ],
    ),
    "two ids in a folder": (
        {f"{CABLE}/en.md": column("aaaaaaaaaa"), f"{CABLE}/ja.md": column("bbbbbbbbbb")},
        [
            (
                f"content/{CABLE}/ja.md:2: Id: bbbbbbbbbb is not the aaaaaaaaaa of "
                f"content/{CABLE}/en.md; write the same in all languages"
            )
        ],
    ),
    "one id in two folders": (
        {
            f"{CABLE}/en.md": column(),
            f"{CABLE}/ja.md": column(),
            "columns/2015-06-12-unknown-box/en.md": column(date="2015-06-12"),
            "columns/2015-06-12-unknown-box/ja.md": column(date="2015-06-12"),
        },
        [
            (
                "content/columns/2015-06-12-unknown-box/en.md:2: Id: k7q2mzv4xh belongs to "
                f"content/{CABLE}/en.md already; "
                "write another, ten lower-case letters and digits, a letter first"
            )
        ],
    ),
    "one slug in folders of two dates": (
        {
            f"{CABLE}/en.md": column(),
            f"{CABLE}/ja.md": column(),
            "columns/2015-06-12-cable-fault/ja.md": column("bbbbbbbbbb", "2015-06-12"),
        },
        [
            (
                'content/columns/2015-06-12-cable-fault/ja.md:1: slug "cable-fault" belongs to '
                f"content/{CABLE}/ja.md already; "
                "rename the folder, e.g. 2015-06-12-cable-fault-again"
            )
        ],
    ),
    "one slug in folders of two dates and languages": (
        {
            f"{CABLE}/en.md": column(),
            "columns/2015-06-12-cable-fault/ja.md": column("bbbbbbbbbb", "2015-06-12"),
        },
        [
            (
                'content/columns/2015-06-12-cable-fault/ja.md:1: slug "cable-fault" belongs to '
                f"content/{CABLE}/en.md already; "
                "rename the folder, e.g. 2015-06-12-cable-fault-again"
            )
        ],
    ),
}

SOUND = {
    "two languages of a column": {f"{CABLE}/en.md": column(), f"{CABLE}/ja.md": column()},
    "a column and a page of one slug": {
        f"{CABLE}/ja.md": column(),
        "pages/cable-fault/ja.md": "Title: 朝\n",
    },
    "changed on the same day, the hour unknown": {
        f"{CABLE}/ja.md": column(date="2014-03-24 18:30", more="Modified: 2014-03-24\n")
    },
    "changed an hour after, in Shanghai": {
        f"{CABLE}/ja.md": column(date="2014-03-24 09:00", more="Modified: 2014-03-24 08:00 +0800\n")
    },
    "changed today, the hour unknown": {
        f"{CABLE}/ja.md": column(more="Modified: 2024-06-20\n"),
        "pages/about/ja.md": "Title: 私たち\nModified: 2024-06-20\n",
    },
    "changed this very minute": {f"{CABLE}/ja.md": column(more="Modified: 2024-06-20 12:00\n")},
    "a day as its author counts it": {f"{CABLE}/ja.md": column(date="2014-03-24 23:30 -0800")},
    "no headers, which is another rule's": {f"{CABLE}/ja.md": "\n本文\n", f"{CABLE}/en.md": ""},
    "dates that are none, which is the header's": {
        f"{CABLE}/ja.md": column(date="24.3.2014", more="Modified: 2014-03-23\n")
    },
}


@pytest.mark.parametrize(("files", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_the_file_the_rule_and_a_cure(files, expected):
    """Each fault has its line, and two files that clash are both named."""
    assert expected == problems(files)


@pytest.mark.parametrize("files", SOUND.values(), ids=SOUND)
def test_what_is_sound_is_left_alone(files):
    """A rule speaks of its own subject only."""
    assert problems(files) == []


def test_every_list_keeps_its_address():
    """Nobody can take the address of a list, be it by a column or by a page."""
    for slug in RESERVED_SLUGS:
        assert [f'slug "{slug}" is reserved'] == [
            line.partition(":1: ")[2].partition(" (")[0]
            for line in problems({f"pages/{slug}/ja.md": "Title: 題\n"})
        ]


OFFSETS = st.sampled_from(["", " +0900", " -1200", "Z"])


@given(st.datetimes(), OFFSETS, st.datetimes(), OFFSETS)
def test_any_two_dates_can_be_compared(date, date_offset, modified, modified_offset):
    """No pair of dates, with or without offsets, brings the lint down."""
    text = column(
        date=f"{date:%Y-%m-%d %H:%M}".rjust(16, "0") + date_offset,
        more=f"Modified: {f'{modified:%Y-%m-%d %H:%M}'.rjust(16, '0')}{modified_offset}\n",
    )
    assert all(line.startswith(f"content/{CABLE}") for line in problems({f"{CABLE}/ja.md": text}))
