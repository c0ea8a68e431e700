"""Incidents as people write them: paired between languages, and whole."""

import pytest

from network_status.errors import IncidentError
from network_status.incident_files import load, owns, read
from network_status.incidents import Stage
from network_status.model import State

HEADERS = {
    "Title": "Loss",
    "Routes": "tokyo-shanghai, osaka-shanghai",
    "Severity": "degraded",
    "Started": "2026-11-16 21:10 +0900",
    "Resolved": "2026-11-16 23:40 +0900",
}
UPDATES = (
    ("2026-11-16 21:30 +0900 investigating", "We are looking."),
    ("2026-11-16 23:50 +0900 resolved", "It is over."),
)
ROUTES = ("tokyo-shanghai", "osaka-shanghai")
STARTED = 1_794_831_000


@pytest.fixture
def write(tmp_path):
    """Write one language of an incident; returns the content folder."""

    def write(lang="en", updates=UPDATES, slug="2026-11-16-loss", **headers):
        given = {**HEADERS, **headers}
        lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
        lines += [f"\n## {heading}\n\n{body}" for heading, body in updates]
        file = tmp_path / "status" / "incidents" / slug / f"{lang}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", "utf-8")
        return tmp_path

    return write


def reports(content):
    return load(content, ROUTES, ("ja", "en"))


def faults(content):
    return [str(fault).partition(": ")[2] for fault in read(content, ROUTES, ("ja", "en"))[1]]


def test_an_incident_has_its_routes_times_and_updates(write):
    (one,) = reports(write())
    assert "2026-11-16-loss" == one.slug
    assert (State.DEGRADED, STARTED, STARTED + 9000) == (
        one.notice.severity, one.notice.started, one.notice.ended,
    )  # fmt: skip
    assert frozenset(ROUTES) == one.notice.routes
    assert [Stage.INVESTIGATING, Stage.RESOLVED] == [update.stage for update in one.updates]


def test_updates_of_the_same_time_are_one_in_two_languages(write):
    write("ja", (("2026-11-16 21:30 +0900 investigating", "調査中です。"), UPDATES[1]))
    (one,) = reports(write("en"))
    assert {"ja": "調査中です。", "en": "We are looking."} == one.updates[0].texts


def test_an_update_missing_in_a_language_keeps_its_place(write):
    between = ("2026-11-16 22:00 +0900 identified", "混雑です。")
    write("ja", (UPDATES[0], between, UPDATES[1]))
    (one,) = reports(write("en"))
    assert [{"ja", "en"}, {"ja"}, {"ja", "en"}] == [{*update.texts} for update in one.updates]


def test_the_closing_update_may_be_missing_in_a_language(write):
    """As any other: there it is shown in the language that it has."""
    write("ja", UPDATES[:1])
    (one,) = reports(write("en"))
    assert [{"ja", "en"}, {"en"}] == [{*update.texts} for update in one.updates]


def test_one_language_must_say_that_it_is_over(write):
    write("ja", UPDATES[:1])
    content = write("en", UPDATES[:1])
    assert ["no update says resolved; who follows it must hear of it"] == faults(content)


def test_a_file_that_is_not_utf_8_is_a_fault_of_its_line(write):
    content = write("en", UPDATES)
    file = content / "status/incidents/2026-11-16-loss/ja.md"
    file.write_bytes("Title: 障害\n".encode("shift_jis"))
    found, problems = read(content, ROUTES, ("ja", "en"))
    assert ["2026-11-16-loss"] == [one.slug for one in found]
    assert ["content/status/incidents/2026-11-16-loss/ja.md:1: "] == [
        str(one).partition("byte")[0] for one in problems
    ]


def test_a_byte_order_mark_changes_nothing(write):
    content = write("en")
    expected = reports(content)
    file = content / "status/incidents/2026-11-16-loss/en.md"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert expected == reports(content)


def test_offsets_are_taken_for_what_they_are(write):
    updates = (("2026-11-16 20:30 +0800 investigating", "Beijing writes."), UPDATES[1])
    (one,) = reports(write(updates=updates))
    assert STARTED + 20 * 60 == one.updates[0].at


def test_no_incidents_are_no_error(tmp_path):
    assert () == reports(tmp_path)


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ('Routes: "osaka-perth" is no route of content/status/network.toml',
         {"Routes": "osaka-perth"}),
        ('Severity: "bad"; write one of degraded, outage, maintenance', {"Severity": "bad"}),
        ('Started: "yesterday" is no time; write e.g. 2026-11-16 21:10 +0900',
         {"Started": "yesterday"}),
        ('Started: "2026-11-16 21:10" is no time; write e.g. 2026-11-16 21:10 +0900',
         {"Started": "2026-11-16 21:10"}),
        ("Title: is missing; every incident has one", {"Title": None}),
        ("Mood: is no header of an incident; delete it", {"Mood": "calm"}),
        ("Resolved: is not after Started", {"Resolved": "2026-11-16 20:00 +0900"}),
        ("Resolved: is missing, and an update says resolved", {"Resolved": None}),
        ("no update says resolved; who follows it must hear of it", {"updates": UPDATES[:1]}),
        ("has no update; nobody could read what happened",
         {"updates": (), "Resolved": None}),
        ("updates stand oldest first, each at a time of its own", {"updates": UPDATES[::-1]}),
        ('"investigating" does not go with Severity: maintenance',
         {"Severity": "maintenance", "updates": UPDATES[:1]}),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_cure(write, expected, given):
    assert expected in faults(write(**given))


def test_an_unreadable_heading_names_its_line(write):
    content = write(updates=(("2026-11-16 21:30 investigating", "no offset"),), Resolved=None)
    told = str(read(content, ROUTES, ("en",))[1][0])
    assert told.startswith("content/status/incidents/2026-11-16-loss/en.md:6: ")


def test_headers_that_differ_between_languages_are_a_fault(write):
    write("ja", Severity="outage")
    content = write("en")
    first = "content/status/incidents/2026-11-16-loss/ja.md"
    assert [f"Severity: is not that of {first}; write the same"] == faults(content)


def test_all_faults_are_told_at_once(write):
    content = write(Severity="bad", Routes="x")
    with pytest.raises(IncidentError) as raised:
        reports(content)
    assert 2 == len(str(raised.value).splitlines())


@pytest.mark.parametrize(
    ("expected", "minutes"),
    [(Stage.SCHEDULED, -10), (Stage.IN_PROGRESS, 10), (Stage.COMPLETED, 151)],
)
def test_planned_work_begins_and_ends_by_the_clock(write, expected, minutes):
    told = (("2026-11-10 09:00 +0900 scheduled", "Planned."),)
    (one,) = reports(write(Severity="maintenance", updates=told))
    assert expected is one.stage(STARTED + minutes * 60)


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        (True, "status/incidents/2026-11-16-loss/ja.md"),
        (False, "status/incidents/loss/ja.md"),
        (False, "columns/2026-11-16-loss/ja.md"),
        (False, "status/incidents/2026-11-16-loss/notes/ja.md"),
    ],
)
def test_the_lint_knows_which_texts_are_incidents(expected, path):
    assert expected is (owns(path) is not None)
