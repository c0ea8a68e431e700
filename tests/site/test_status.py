"""The status of a whole site, as those see it who follow it from build to build."""

import json
import re
import shutil
import tomllib
from datetime import UTC, datetime

import brotli
import feedparser
import pytest

from network_status.model import BIN_S, DAY_S
from newsletter.release import in_folder
from pelicanconf import NEWSLETTER
from publishing.model import is_of_status
from tests.network_status.builders import T0, names, places, route_table, table, write_network
from tests.site.conftest import ROOT, words

LANGUAGES = ("ja", "en")
NOW = T0 + DAY_S
"""2024-06-21 09:00 in Japan."""
SLUG = "2024-06-21-loss"
HEADERS = """\
Title: {title}
Routes: tokyo-shanghai
Severity: degraded
Started: 2024-06-21 09:00 +0900
{resolved}Columns: cable-fault
"""


def moment(minutes):
    """A time so many minutes after NOW, as people write it."""
    return datetime.fromtimestamp(NOW + 60 * minutes, UTC).strftime("%Y-%m-%d %H:%M +0000")


@pytest.fixture
def followed(site):
    """A site with one key route, whose measurements lie in a file below content/."""
    source = table("sources", id="probe", kind="json", url="file:status/rounds.json")
    route = route_table(
        "tokyo-shanghai",
        "probe",
        {"series": "a"},
        name=names("Tokyo → Shanghai", LANGUAGES),
        key=True,
    )
    write_network(site.root / "content", source, route, places=places(*LANGUAGES))
    site.column()
    site.column(lang="en")
    measure(site, 12 * 24)
    return site


def measure(site, bins, lost=()):
    """Write rounds of 100 packets for each bin up to NOW and on; `lost` are the last ones'."""
    losses = [0] * (bins - len(lost)) + list(lost)
    rounds = [
        {"series": "a", "at": T0 + number * BIN_S, "sent": 100, "lost": n}
        for number, n in enumerate(losses)
    ]
    site.write(
        "content/status/rounds.json",
        json.dumps({"format": "atogaki-measurements/1", "rounds": rounds}),
    )


def tell(site, lang, *updates, resolved=None, title="Loss"):
    """Write an incident in one language: (minutes after NOW, stage, text) each."""
    end = f"Resolved: {moment(resolved)}\n" if resolved is not None else ""
    lines = [f"## {moment(at)} {stage}\n\n{text}\n" for at, stage, text in updates]
    head = HEADERS.format(title=title, resolved=end)
    site.write(f"content/status/incidents/{SLUG}/{lang}.md", head + "\n" + "\n".join(lines))


def build(site, minutes):
    done = site.build(now=str(NOW + 60 * minutes), public=True)
    assert done.returncode == 0, done.stderr


def entries(site, feed="ja/status/feed.atom"):
    parsed = feedparser.parse((site.root / "output" / feed).read_bytes())
    assert not parsed.bozo
    return parsed.entries


OPENED = (
    5,
    "investigating",
    "調べています。[前回]({filename}/columns/2014-03-24-cable-fault/ja.md)",
)
FOUND = (20, "identified", "混雑です。")
CLOSED = (70, "resolved", "復旧しました。")


def test_a_reader_of_the_feed_sees_an_incident_open_develop_and_close(followed):
    """In order, each update once, the closing one too; what was told never changes."""
    seen, told = {}, []

    def poll(minutes, *updates, **values):
        if updates:
            tell(followed, "ja", *updates, title="損失", **values)
        measure(followed, 12 * 24 + max(0, minutes) // 5)
        build(followed, minutes)
        found = {(entry.id, entry.updated): entry for entry in entries(followed)}
        new = sorted(found.keys() - seen.keys(), key=lambda key: key[1])
        told.extend(found[key].title for key in new)
        assert all(found[key].content == entry.content for key, entry in seen.items())
        seen.update(found)

    poll(0)
    began = len(told)
    poll(10, OPENED)
    poll(15)
    poll(30, OPENED, FOUND)
    poll(80, OPENED, FOUND, CLOSED, resolved=60)
    poll(60 * 30)
    assert ["損失：調査中", "損失：原因判明", "損失：復旧"] == [
        title for title in told[began:] if title.startswith("損失")
    ]
    assert len(seen) == len({identity for identity, _ in seen})


def test_the_digests_of_the_last_weeks_are_in_what_a_server_releases(followed):
    """Beside the page about the newsletter: the status itself belongs to no release."""
    done = followed.build(now=str(NOW), public=True, NEWSLETTER=NEWSLETTER | {"digest": True})
    assert (0, "") == (done.returncode, done.stderr)
    assert 'href="/ja/subscribe/2024-W24/edition.html"' in followed.page("/ja/subscribe/")
    for week in ("2024-W24", "2024-W23"):
        (japanese, english) = in_folder(followed.root / "output", week, LANGUAGES)
        assert (f"{week}/ja", f"{week}/en") == (japanese.id, english.id)
    digests = [path for path in followed.output() if "-W2" in path]
    assert 12 == len(digests)
    assert [] == [path for path in digests if is_of_status(path)]


def test_links_in_an_incident_lead_somewhere_wherever_it_is_read(followed):
    """A path on pages, a whole address in feeds, in status.json and for Statuspage's clients."""
    tell(followed, "ja", OPENED, title="損失")
    build(followed, 10)
    place, site = "/ja/columns/cable-fault/", "https://columns.atogaki.example"
    for page in ("/ja/status/", f"/ja/status/incidents/{SLUG}/"):
        assert f'<a href="{place}">前回</a>' in followed.page(page)
    told = next(entry for entry in entries(followed) if entry.title.startswith("損失"))
    assert f'<a href="{site}{place}">前回</a>' in told.content[0].value
    output = followed.output()
    status = json.loads(output["status/status.json"])
    (incident,) = json.loads(output["api/v2/incidents.json"])["incidents"]
    whole = f"[前回]({site}{place})"
    assert whole in status["reports"][0]["updates"][0]["text"]["ja"]
    assert whole in incident["incident_updates"][0]["body"]


def test_a_link_to_nothing_ends_the_build_with_its_place(followed):
    tell(followed, "ja", (5, "investigating", "[x](../gone/ja.md)"), title="損失")
    done = followed.build(now=str(NOW + 600))
    assert 1 == done.returncode
    assert f"content/status/incidents/{SLUG}/ja.md" in done.stderr
    assert "content/status/incidents/gone/ja.md" in done.stderr


def test_incidents_lead_to_columns_and_back(followed):
    tell(followed, "ja", OPENED, title="損失")
    tell(followed, "en", (5, "investigating", "Looking."))
    build(followed, 10)
    for lang, title in (("ja", "損失"), ("en", "Loss")):
        incident, column = f"/{lang}/status/incidents/{SLUG}/", f"/{lang}/columns/cable-fault/"
        assert f'href="{column}"' in followed.page(incident)
        assert re.search(rf'<a [^>]*href="{incident}"[^>]*>{title}</a>', followed.page(column))


def test_an_update_that_one_language_lacks_is_shown_in_the_other_and_marked(followed):
    tell(followed, "ja", OPENED, FOUND, title="損失")
    tell(followed, "en", (5, "investigating", "Looking."))
    build(followed, 30)
    page = followed.page(f"/en/status/incidents/{SLUG}/")
    assert re.search(r'<div class="prose" lang="ja"><p>混雑です。</p>\s*</div>', page)
    assert "In Japanese only" in words(page)
    told = next(e for e in entries(followed, "en/status/feed.atom") if "Identified" in e.title)
    assert '<div lang="ja"><p>混雑です。</p></div>' in told.content[0].value


def test_changes_of_state_stand_in_the_log_of_their_route(followed):
    measure(followed, 12 * 24 + 2, lost=(100, 100))
    build(followed, 10)
    page = followed.page("/en/status/tokyo-shanghai/")
    log = re.findall(
        r"<li>(.*?)</li>",
        page.partition('class="status-events"')[2].partition("</ol>")[0],
        re.DOTALL,
    )
    changes = ["Degraded → Outage", "Operational → Degraded"]
    assert changes == [words(line).strip().partition(" 2")[0] for line in log]
    told = [entry.title for entry in entries(followed, "en/status/feed.atom")]
    assert [f"Tokyo → Shanghai: {change}" for change in changes] == told


def test_a_broken_store_is_set_aside_and_filled_again(followed):
    """In one and the same build, which says so and shows what the source still knows."""
    build(followed, 0)
    store = followed.root / "var" / "status.sqlite"
    store.write_bytes(store.read_bytes()[: store.stat().st_size // 2])
    for rest in ("-wal", "-shm"):
        store.with_name(store.name + rest).unlink(missing_ok=True)
    done = followed.build(now=str(NOW + 60), public=True)
    assert 0 == done.returncode
    assert [*store.parent.glob("status-broken-*.sqlite")]
    assert "operational" == json.loads(followed.output()["status/status.json"])["state"]


GONE = {
    "the measurements": lambda site: (site.root / "content/status/rounds.json").unlink(),
    "all rounds": lambda site: measure(site, 0),
    "the file is half": lambda site: site.write("content/status/rounds.json", '{"format": "ato'),
    "a page of HTML": lambda site: site.write("content/status/rounds.json", "<html>sign in</html>"),
}


@pytest.mark.parametrize("keep_store", [True, False], ids=["store kept", "store lost"])
@pytest.mark.parametrize("take_away", GONE.values(), ids=GONE)
def test_taking_anything_away_never_leaves_it_green(followed, take_away, keep_store):
    """The source in any way, the store with it or not: after its time all is unknown."""
    build(followed, 0)
    assert "operational" == json.loads(followed.output()["status/status.json"])["state"]
    take_away(followed)
    if not keep_store:
        for file in (followed.root / "var").glob("status.sqlite*"):
            file.unlink()
    build(followed, 20)
    output = followed.output()
    status = json.loads(output["status/status.json"])
    assert {"unknown"} == {status["state"], *(route["state"] for route in status["routes"])}
    assert "minor" == json.loads(output["api/v2/status.json"])["status"]["indicator"]
    for lang in LANGUAGES:
        for page in (f"/{lang}/status/", f"/{lang}/status/tokyo-shanghai/"):
            states = re.findall(r'data-live[^>]*data-state="([a-z]+)"', followed.page(page))
            assert {"unknown"} == set(states)
    assert "Source “probe” has not answered since" in words(followed.page("/en/status/"))


CROWD = 20
CROWDED_LIMIT_BYTES = 50_000


@pytest.fixture
def crowded(site):
    """The sample's eight routes, and as many more with the same measurements as make twenty."""
    shutil.copytree(ROOT / "content" / "status", site.root / "content" / "status")
    site.column("2020-06-10-one-percent")
    file = site.root / "content" / "status" / "network.toml"
    known = [route["id"] for route in tomllib.loads(file.read_text())["routes"]]
    more = (
        route_table(
            f"again-{number}",
            "sample",
            {"series": known[number % len(known)]},
            name={
                "ja": f"東京→上海（{number}番目の経路）",
                "en": f"Tokyo → Shanghai, way {number}",
            },
            group="east-china",
            key=True,
        )
        for number in range(CROWD - len(known))
    )
    file.write_text(file.read_text() + "\n" + "".join(more))
    return site


def test_the_status_of_twenty_routes_stays_light(crowded):
    """50,000 bytes with brotli, whatever the evening brings."""
    build(crowded, (1_794_836_400 - NOW) // 60)  # 2026-11-16 22:00 in Japan, in an incident
    for lang in LANGUAGES:
        page = crowded.page(f"/{lang}/status/")
        size = len(brotli.compress(page.encode(), quality=11))
        assert CROWD == page.count("<h3><a class")
        assert size < CROWDED_LIMIT_BYTES, f"/{lang}/status/ has {size:,} bytes"
