"""The published status, and what is made from it alone when its time has passed."""

import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from xml.etree import ElementTree as etree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network_status import statuspage
from network_status.ageing import ageing_files, rewrite
from network_status.badge import badge
from network_status.documents import STATUS_JSON, encode, expired, status_document, text
from network_status.incidents import Stage, Update
from network_status.model import BIN_S, HOUR_S, Notice, State, worst
from tests.network_status.pictures import (
    NOW,
    PAGE,
    all_words,
    lost,
    named,
    network,
    picture,
    report,
    route,
    words,
)

TWO = network(route("tokyo-shanghai"), route("shanghai-tokyo", key=False))
STALE = {"tokyo-shanghai": lost(*(0,) * 12, *(None,) * 3)}
DOWN = {"tokyo-shanghai": lost(*(0,) * 12, 100, 100, 100)}
CLOSED = report(
    notice=Notice(
        "2024-06-20-loss",
        frozenset({"tokyo-shanghai"}),
        State.OUTAGE,
        NOW - 2 * HOUR_S,
        NOW - HOUR_S,
    ),
    updates=(
        Update(NOW - 2 * HOUR_S, Stage.INVESTIGATING, named("調査中です", "Looking")),
        Update(NOW - 1800, Stage.RESOLVED, {"ja": "復旧しました"}),
    ),
)
PLANNED = report(
    slug="2024-06-22-work",
    notice=Notice(
        "2024-06-22-work",
        frozenset({"tokyo-shanghai"}),
        State.MAINTENANCE,
        NOW + HOUR_S,
        NOW + 2 * HOUR_S,
    ),
    updates=(Update(NOW - HOUR_S, Stage.SCHEDULED, named("作業", "Work")),),
)


def document(measured=None, **values):
    of = values.get("of")
    return status_document(picture(measured, **values), all_words(of), PAGE)


def statuspages(measured=None, **values):
    return dict(statuspage.documents(document(measured, **values)))


def seconds(iso):
    return int(datetime.fromisoformat(iso).timestamp())


# --- status.json ------------------------------------------------------------------------------


def test_the_document_says_when_it_was_measured_built_and_how_long_it_holds():
    found = document()
    assert [NOW, NOW, NOW + 900] == [
        seconds(found[key]) for key in ("observed_until", "built_at", "valid_until")
    ]


def test_its_texts_are_the_very_texts_of_the_pages():
    found, of = document(of=TWO), picture(of=TWO)
    for lang in ("ja", "en"):
        live = words(TWO, lang).live(of)
        note = {"lost": words(TWO, lang).lost(of), "gone": words(TWO, lang).state(State.UNKNOWN)}
        assert {**{k: v.text for k, v in live.items()}, **note} == found["texts"][lang]


def test_a_state_carries_until_when_it_may_be_shown():
    assert {"state": "operational", "until": NOW + 900} == document()["live"]["r-tokyo-shanghai"]
    assert {"state": "unknown"} == document(STALE)["live"]["r-tokyo-shanghai"]


def test_a_source_that_fails_is_in_the_document():
    fault = "slow: http://10.0.0.7:9090/api: no answer; ATOGAKI_SOURCE_A is not set"
    found = document(failing=(("sample", fault),))
    (failing,) = found["failing_sources"]
    assert "slow" == failing["fault"]
    assert b"10.0.0.7" not in encode(found)
    assert b"ATOGAKI" not in encode(found)
    assert ("sample", NOW - HOUR_S) == (failing["id"], seconds(failing["failing_since"]))


def test_the_same_picture_gives_the_same_bytes():
    assert encode(document()) == encode(document())


# --- Past its time ----------------------------------------------------------------------------


@pytest.mark.parametrize("measured", [None, DOWN], ids=["operational", "outage"])
def test_past_its_time_everything_is_unknown(measured):
    aged = expired(document(measured), NOW + 900)
    assert "unknown" == aged["state"]
    assert {"unknown"} == {one["state"] for one in (*aged["routes"], *aged["groups"])}


def test_within_its_time_nothing_changes():
    assert document() == expired(document(), NOW + 899)


COUNTS = {"fine": (0,) * 12, "lossy": (12,) * 12, "dead": (100,) * 12, "silent": (None,) * 12}
KINDS = st.sampled_from(sorted(COUNTS))
MINUTES = st.integers(0, 40)


@cache
def made_of(here, there, late):
    """The document of two routes, of which one is a key route and the other measured earlier."""
    back = [one._replace(start=one.start - late * BIN_S) for one in lost(*COUNTS[there])]
    return document({"tokyo-shanghai": lost(*COUNTS[here]), "shanghai-tokyo": back}, of=TWO)


@settings(deadline=None)
@given(here=KINDS, there=KINDS, late=st.integers(0, 3), first=MINUTES, second=MINUTES)
def test_no_form_shows_a_route_beyond_its_own_time(here, there, late, first, second):
    """Whatever the others and the headline say, and however often it has aged before."""
    made, later = made_of(here, there, late), NOW + 60 * max(first, second)
    aged = expired(expired(made, NOW + 60 * first), later)
    states = {one["id"]: State(one["state"]) for one in aged["routes"]}
    for before in made["routes"]:
        until = before["valid_until"]
        assert not until or later < seconds(until) or states[before["id"]] is State.UNKNOWN
    assert State(aged["state"]).severity >= states["tokyo-shanghai"].severity
    if aged is not made:
        assert aged["groups"][0]["state"] == worst(states.values())
    said = text(aged).decode()
    files = dict(ageing_files(aged))
    for one, state in states.items():
        assert (f"{one:24} operational" in said) is (state is State.OPERATIONAL)
        good = b"Operational" in files[f"en/status/{one}/badge.svg"]
        assert good is (state is State.OPERATIONAL)


def test_a_route_ages_while_the_headline_is_unknown_already():
    """A key route that was never measured must not keep the others green for ever."""
    of = network(route("tokyo-shanghai"), route("shanghai-tokyo"))
    made = document({"tokyo-shanghai": lost(*(0,) * 12)}, of=of)
    assert ("unknown", "operational") == (made["state"], made["routes"][0]["state"])
    aged = expired(made, NOW + 900)
    assert {"unknown"} == {one["state"] for one in (*aged["routes"], *aged["groups"])}


def test_the_text_says_of_each_route_until_when_it_holds():
    of = network(route("tokyo-shanghai"), route("shanghai-tokyo"))
    told = text(document({"tokyo-shanghai": lost(*(0,) * 12)}, of=of)).decode()
    lines = [line for line in told.splitlines() if line.startswith(("tokyo", "shanghai"))]
    holds, never = lines[:2]
    assert "2024-06-21 09:15 (UTC+9) / 08:15 (UTC+8)" in holds
    assert "2024" not in never
    assert "None" not in told


def test_the_timer_rewrites_text_badges_and_api_and_leaves_what_is_fresh(tmp_path):
    def put(path, data):
        (tmp_path / path).write_bytes(data)

    fresh = document(of=TWO)
    (tmp_path / "status").mkdir()
    (tmp_path / STATUS_JSON).write_bytes(encode(fresh))
    for path, data in ageing_files(fresh):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert [] == rewrite(tmp_path, NOW + 60, put)
    changed = rewrite(tmp_path, NOW + 901, put)
    assert {"status.txt", "api/v2/summary.json", "en/status/tokyo-shanghai/badge.svg"} <= {*changed}
    summary = json.loads((tmp_path / "api/v2/summary.json").read_bytes())
    assert "minor" == summary["status"]["indicator"]
    assert summary["status"]["description"].startswith("Unknown since 2024-06-21T00:15:00")
    assert "Unknown" in (tmp_path / "en/status/tokyo-shanghai/badge.svg").read_text("utf-8")
    assert "operational" not in (tmp_path / "status.txt").read_text("utf-8").lower()
    assert [] == rewrite(tmp_path, NOW + 2000, put)


# --- Text and badge ---------------------------------------------------------------------------


def test_the_text_gives_times_states_and_packets_in_every_language():
    told = text(document()).decode()
    assert "主要な区間はすべて正常です" in told
    assert "All key routes are operational" in told
    valid = "valid_until    2024-06-21 09:15 (UTC+9) / 08:15 (UTC+8)"
    assert 2 == told.count(valid)
    assert "0/1200" in told


@pytest.mark.parametrize(
    ("expected", "measured"),
    [
        ("tokyo → shanghai: Operational (no control target to check the probe by)", None),
        ("tokyo → shanghai: Outage", DOWN),
        ("tokyo → shanghai: Unknown (no fresh measurements)", STALE),
    ],
)
def test_a_badge_prints_state_and_times(expected, measured):
    found = document(measured)
    root = etree.fromstring(badge(found["routes"][0], "en", found["words"]["en"]))
    said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert expected == said[0]
    assert "2024-06-21 09:00 (UTC+9) / 08:00 (UTC+8)" in said[1] or measured is STALE
    assert {"(UTC+9)", "(UTC+8)"} <= {*said[1].replace(",", "").split()}


@pytest.mark.parametrize("controls", [("tokyo",), ()])
def test_a_good_route_that_nothing_vouches_for_says_so_in_every_form(controls):
    bins = {"tokyo-shanghai": lost(*(0,) * 12), "tokyo-control": lost(*(0,) * 12)}
    found = document(bins, of=network(controls=controls))
    components = dict(statuspage.documents(found))["components"]["components"]
    (described,) = [one["description"] for one in components if not one["group"]]
    good = {lang: found["words"][lang]["operational"] for lang in ("ja", "en")}
    doubted = {lang: found["words"][lang]["uncontrolled"].format(state=good[lang]) for lang in good}
    said = good if controls else doubted
    assert (None if controls else said["ja"]) == described
    assert all(line.endswith(said[lang]) for lang, line in zip(said, lines_of(found), strict=True))
    for lang in said:
        assert f"{said[lang]}, " in badge(found["routes"][0], lang, found["words"][lang]).decode()


def lines_of(document):
    """The line of the route in each language of the text."""
    return [line for line in text(document).decode().splitlines() if "tokyo-shanghai" in line]


# --- Statuspage v2 ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("component", "indicator", "measured"),
    [
        ("operational", "none", None),
        ("major_outage", "major", DOWN),
        ("degraded_performance", "minor", STALE),
        ("degraded_performance", "minor", {"tokyo-shanghai": []}),
    ],
    ids=["operational", "outage", "stale", "no data"],
)
def test_statuspage_words_are_never_better_than_ours(component, indicator, measured):
    found = statuspages(measured)
    (one,) = [c for c in found["components"]["components"] if not c["group"]]
    assert (component, indicator) == (one["status"], found["status"]["status"]["indicator"])


def test_unknown_says_since_when():
    (one,) = [c for c in statuspages(STALE)["summary"]["components"] if not c["group"]]
    assert one["description"].startswith("Unknown since 2024-06-2")
    assert statuspages(STALE)["summary"]["status"]["description"].startswith("Unknown since 2024")


def test_an_incident_has_its_updates_newest_first_and_is_resolved():
    (one,) = statuspages(reports=(CLOSED,))["incidents"]["incidents"]
    assert ("resolved", "major") == (one["status"], one["impact"])
    assert ["resolved", "investigating"] == [u["status"] for u in one["incident_updates"]]
    assert NOW - HOUR_S == seconds(one["resolved_at"])
    assert [] == statuspages(reports=(CLOSED,))["summary"]["incidents"]


def test_planned_work_is_a_scheduled_maintenance_with_its_window():
    (one,) = statuspages(reports=(PLANNED,))["summary"]["scheduled_maintenances"]
    assert ("scheduled", "maintenance") == (one["status"], one["impact"])
    assert [NOW + HOUR_S, NOW + 2 * HOUR_S] == [
        seconds(one[key]) for key in ("scheduled_for", "scheduled_until")
    ]
    assert [] == statuspages(reports=(PLANNED,))["incidents"]["incidents"]


def test_work_that_is_going_on_is_no_all_clear():
    """Statuspage's own word for it; clients read `none` as all well."""
    notice = replace(PLANNED.notice, started=NOW - HOUR_S, ended=NOW + HOUR_S)
    found = statuspages(reports=(replace(PLANNED, notice=notice),))
    assert "maintenance" == found["status"]["status"]["indicator"]
    assert "maintenance" == found["summary"]["status"]["indicator"]


def test_summary_holds_what_existing_clients_ask_for():
    found = statuspages(of=TWO)["summary"]
    assert {"page", "status", "components", "incidents", "scheduled_maintenances"} == found.keys()
    assert {"id", "name", "url", "time_zone", "updated_at"} == found["page"].keys()
    group, *members = found["components"]
    assert [m["id"] for m in members] == group["components"]
