"""A subscriber sees an incident open, develop and close, each update once."""

import pytest

from network_status.feeds import feeds_of
from network_status.incidents import Stage, Update
from network_status.model import HOUR_S, Event, Notice, State
from tests.builders import binder
from tests.network_status.pictures import NOW, all_words, named, network, picture, report, route

TWO = network(route("tokyo-shanghai"), route("shanghai-tokyo", key=False))
UPDATES = (
    Update(NOW - 3000, Stage.INVESTIGATING, named("調査中", "Looking")),
    Update(NOW - 2000, Stage.IDENTIFIED, named("原因判明", "Found")),
    Update(NOW - 1000, Stage.RESOLVED, {"ja": "復旧"}),
)
INCIDENT = report(
    notice=Notice("n", frozenset({"tokyo-shanghai"}), State.DEGRADED, NOW - HOUR_S, NOW - 1000),
    updates=UPDATES,
)


def feeds(now=NOW, reports=(INCIDENT,), events=()):
    """Each feed's entries by its file."""
    of = picture(of=TWO, reports=reports, events=events, now=now)
    bodies = {text: f"<p>{text}</p>" for one in reports for u in one.updates
              for text in u.texts.values()}  # fmt: skip
    found = feeds_of(of, all_words(TWO), binder(), bodies)
    return {feed.file: feed.entries for feed in found}


def event(route_="tokyo-shanghai", at=NOW - 900, state=State.DEGRADED):
    return Event(route_, at, State.OPERATIONAL, state, None)


def test_there_is_a_feed_of_all_and_one_a_route_in_each_language():
    assert {
        f"{lang}/status/{path}feed" for lang in ("ja", "en")
        for path in ("", "tokyo-shanghai/", "shanghai-tokyo/")
    } == feeds().keys()  # fmt: skip


def test_a_reader_who_comes_by_again_and_again_sees_each_update_once_and_the_last_one_too():
    seen, told = set(), []
    for now in (NOW - 3500, NOW - 2500, NOW - 2400, NOW - 1500, NOW, NOW + 9000):
        for entry in sorted(feeds(now)["en/status/feed"], key=lambda entry: entry.published):
            if (entry.id, entry.updated) not in seen:
                seen.add((entry.id, entry.updated))
                told.append(entry.title)
    assert ["Loss: Investigating", "Loss: Identified", "Loss: Resolved"] == told


def test_an_entry_keeps_its_id_whatever_comes_after():
    early, late = (feeds(now)["ja/status/feed"] for now in (NOW - 2500, NOW))
    assert {entry.id for entry in early} < {entry.id for entry in late}


def test_an_update_missing_in_a_language_shows_the_other_marked():
    closing = next(e for e in feeds()["en/status/feed"] if e.title.endswith("Resolved"))
    assert '<p>In Japanese only</p><div lang="ja"><p>復旧</p></div>' == closing.content


@pytest.mark.parametrize(
    ("expected", "file"),
    [
        (["tokyo-shanghai"], "en/status/feed"),
        (["tokyo-shanghai"], "en/status/tokyo-shanghai/feed"),
        (["shanghai-tokyo"], "en/status/shanghai-tokyo/feed"),
    ],
)
def test_measured_events_of_key_routes_are_told_to_all_and_every_route_tells_its_own(
    expected, file
):
    events = (event(), event("shanghai-tokyo"))
    entries = feeds(reports=(), events=events)[file]
    assert expected == [entry.url.rsplit("/", 2)[1] for entry in entries]


def test_the_return_to_operational_is_an_entry_as_well():
    events = (event(), Event("tokyo-shanghai", NOW - 300, State.DEGRADED, State.OPERATIONAL, None))
    titles = [entry.title for entry in feeds(reports=(), events=events)["en/status/feed"]]
    assert "tokyo → shanghai: Degraded → Operational" == titles[-1]


FLAPS = [
    (-600, State.OPERATIONAL, State.DEGRADED),
    (-560, State.DEGRADED, State.OPERATIONAL),
    (-520, State.OPERATIONAL, State.DEGRADED),
    (-480, State.DEGRADED, State.OPERATIONAL),
    (-440, State.OPERATIONAL, State.DEGRADED),
    (-430, State.DEGRADED, State.OUTAGE),
    (-400, State.OUTAGE, State.OPERATIONAL),
    (-390, State.OPERATIONAL, State.OUTAGE),
    (-370, State.OUTAGE, State.OPERATIONAL),
]
"""Minutes before NOW, and the states."""


def test_a_route_that_flaps_is_told_once_until_it_is_calm():
    """Rule 7: opened with its fourth change, once worse, closed after six quiet hours."""
    log = [Event("tokyo-shanghai", NOW + 60 * at, b, a, None) for at, b, a in FLAPS]
    seen = {}
    for minutes in range(-600, 1, 5):
        now = NOW + 60 * minutes
        events = tuple(event for event in log if event.at <= now)
        entries = feeds(now, (), events)["en/status/feed"]
        assert seen.items() <= {entry.id: entry for entry in entries}.items()
        seen |= {entry.id: entry for entry in sorted(entries, key=lambda entry: entry.published)}
    assert [
        "tokyo → shanghai: Operational → Degraded",
        "tokyo → shanghai: Degraded → Operational",
        "tokyo → shanghai: Operational → Degraded",
        "tokyo → shanghai: unstable (now Operational)",
        "tokyo → shanghai: unstable, and worse (Outage)",
        "tokyo → shanghai: no longer unstable (now Operational)",
    ] == [entry.title for entry in seen.values()]
    began = f"tag:atogaki.example,2009:status/unstable/tokyo-shanghai/{log[0].at}"
    assert [f"{began}/{turn}/en" for turn in ("unstable", "worse-outage", "calm")] == [*seen][3:]


@pytest.mark.parametrize(("expected", "after"), [(1, -60), (2, 60), (3, 3700)])
def test_planned_work_is_announced_and_its_begin_and_end_are_told(expected, after):
    work = report(
        notice=Notice("n", frozenset({"tokyo-shanghai"}), State.MAINTENANCE, NOW, NOW + HOUR_S),
        updates=(Update(NOW - HOUR_S, Stage.SCHEDULED, named("予定", "Planned")),),
    )
    assert expected == len(feeds(NOW + after, (work,))["ja/status/feed"])


def test_ids_differ_between_languages_and_entries():
    found = feeds(events=(event(),))
    ids = [e.id for file in ("ja/status/feed", "en/status/feed") for e in found[file]]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("tag:atogaki.example,2009:status/") for one in ids)
