"""`invoke status`: the status as a build makes it, without the build."""

import fcntl
import gzip
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time

import brotli
import pytest

from network_status.model import BIN_S, DAY_S
from press.files import MARKER, Output
from publishing.errors import ReleaseError
from publishing.layout import Layout
from publishing.status import places_on
from tests import forked
from tests.network_status.builders import T0, names, places, route_table, table, write_network
from tests.site.conftest import ROOT

LANGUAGES = ("ja", "en")
NOW = T0 + DAY_S
"""2024-06-21 09:00 in Japan."""
ROUNDS = int(os.environ.get("ATOGAKI_SOAK", "2"))
STATUS = re.compile(r"(ja|en)/status/|status/|status\.txt|api/v2/")
COMMAND = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "plugins")!r}]
from pathlib import Path
from publishing.status import Places, main
options = eval(sys.argv[1])
places = Places(**options.pop("places", {{}}))
status = main(Path("siteconf.py"), places, **options)
print("Pelican was loaded" if "pelican" in sys.modules else "", end="")
sys.exit(status)
"""
INCIDENT = """\
Title: {title}
Routes: {routes}
Severity: degraded
Started: 2024-06-21 08:30 +0900
Columns: {columns}

## 2024-06-21 08:40 +0900 investigating

{text}
"""


@pytest.fixture
def watched(site):
    """A site with two routes and a control target, of which there are two days of bins."""
    tables = [table("sources", id="probe", kind="json", url="file:status/rounds.json")]
    tables.append(
        table("controls", id="near", vantage="tokyo", source="probe", select={"series": "near"})
    )
    for id_, ends in (("out", {}), ("back", {"vantage": "shanghai", "target": "tokyo"})):
        name = names(f"Route {id_}", LANGUAGES)
        route = route_table(id_, "probe", {"series": id_}, name=name, key=id_ == "out", **ends)
        tables.append(route)
    write_network(site.root / "content", *tables, places=places(*LANGUAGES))
    measure(site)
    site.column()
    site.column(lang="en")
    return site


def measure(site, days=2, lost=()):
    """Write rounds for each bin before NOW and so many after it; the last ones lost packets."""
    count = days * 288
    losses = [0] * count + list(lost)
    rounds = [
        {"series": series, "at": NOW + (number - count) * BIN_S, "sent": 100, "lost": n,
         "rtt_ms": [45.0 + number % 7] * (100 - n)}
        for series in ("near", "out", "back")
        for number, n in enumerate(losses if series == "out" else [0] * len(losses))
    ]  # fmt: skip
    document = {"format": "atogaki-measurements/1", "rounds": rounds}
    site.write("content/status/rounds.json", json.dumps(document))


def tell(site, slug="2024-06-21-loss", langs=LANGUAGES, columns="cable-fault", **values):
    text = "See [this]({filename}/columns/2014-03-24-cable-fault/ja.md)."
    for lang in langs:
        values = {"title": f"loss {lang}", "routes": "out", "text": text} | values
        told = INCIDENT.replace("{columns}", columns).replace("{text}", values["text"])
        told = told.replace("{title}", values["title"]).replace("{routes}", values["routes"])
        site.write(f"content/status/incidents/{slug}/{lang}.md", told)


def refresh(site, now=NOW, *, settings=None, **options):
    """Run the command on the site."""
    if settings is not None or not (site.root / "siteconf.py").exists():
        write_settings(site, **(settings or {}))
    return forked.status(options, site.root, os.environ | {"SOURCE_DATE_EPOCH": str(now)})


def write_settings(site, **settings):
    """The settings file that a build of the site writes, without the build."""
    values = {"PATH": str(site.root / "content"), "THEME": str(ROOT / "theme")}
    values |= {"OUTPUT_PATH": str(site.root / "output"), **settings}
    lines = [f"import sys; sys.path.insert(0, {str(ROOT)!r})", "from pelicanconf import *"]
    site.write("siteconf.py", "\n".join([*lines, *(f"{k} = {v!r}" for k, v in values.items())]))


def quietly(done):
    """A refresh that went well says nothing."""
    assert (0, "", "") == (done.returncode, done.stderr, done.stdout)


def status_of(files):
    return {path: data for path, data in files.items() if STATUS.match(path)}


def tree(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def built(site, now=NOW, **settings):
    done = site.build(now=str(now), **settings)
    assert done.returncode == 0, done.stderr
    return status_of(site.output())


# --- The same bytes ---------------------------------------------------------------------------


def plain(site):
    """Nothing but routes."""


def told_in_both(site):
    tell(site)


def told_in_one(site):
    tell(site, langs=("ja",))


def column_in_one_language(site):
    (site.root / "content/columns/2014-03-24-cable-fault/en.md").unlink()
    tell(site)


def column_is_a_draft(site):
    site.column(Status="draft")
    tell(site, columns="cable-fault, gone", text="Nothing to see yet.")


def column_is_a_translation(site):
    site.column(Title="海底ケーブルが切れた朝の話", Translation="true")
    tell(site, columns="cable-fault")


def no_page_about_us(site):
    for lang, text in (("ja", None), ("en", "Title: about\nStatus: draft\n\nabout.\n")):
        file = site.root / "content/pages/about" / f"{lang}.md"
        file.write_text(text) if text else file.unlink()


def blind_and_lossy(site):
    measure(site, lost=(40, 60, 100))


@pytest.mark.parametrize(
    "change",
    [
        plain,
        told_in_both,
        told_in_one,
        column_in_one_language,
        column_is_a_draft,
        column_is_a_translation,
        no_page_about_us,
        blind_and_lossy,
    ],
)
def test_a_refresh_and_a_build_write_the_same_bytes(watched, change):
    """With nothing kept, and with what an earlier refresh left."""
    change(watched)
    elsewhere = {"output": str(watched.root / "elsewhere")}
    expected = built(watched, NOW + 14 * 60)
    refresh(watched, places=elsewhere)
    quietly(refresh(watched, NOW + 14 * 60, places=elsewhere))
    assert expected == tree_without_marker(watched.root / "elsewhere")


def tree_without_marker(folder):
    return {path: data for path, data in tree(folder).items() if path != MARKER}


def test_a_refresh_never_loads_pelican_and_hashes_change_no_byte(watched):
    """Of an interpreter of its own, which draws other hashes than the build."""
    tell(watched)
    expected = built(watched)
    for path in expected:
        (watched.root / "output" / path).unlink()
    quietly(
        subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-c", COMMAND, "{}"],
            cwd=watched.root,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(NOW)},
            capture_output=True,
            text=True,
            check=False,
        )
    )
    assert expected == status_of(watched.output())


def test_a_public_refresh_writes_what_a_public_build_does(watched):
    expected = built(watched, public=True)
    settings = (watched.root / "siteconf.py").read_text()
    assert "from publishconf import" in settings
    for path in expected:
        (watched.root / "output" / path).unlink()
    quietly(refresh(watched))
    assert expected == status_of(watched.output())


def test_a_refresh_needs_no_build_before_it(watched):
    quietly(refresh(watched))
    found = watched.output()
    assert {"ja/status/index.html", "en/status/out/index.html", "status/status.json"} <= {*found}
    assert status_of(found) == {p: d for p, d in found.items() if p != MARKER}


def test_a_refresh_goes_by_the_content_that_there_is_and_not_by_the_last_build(watched):
    tell(watched)
    built(watched)
    watched.column(Title="海の底")
    quietly(refresh(watched, NOW + 60))
    assert "海の底" in re.sub("<wbr>", "", watched.page("/ja/status/incidents/2024-06-21-loss/"))


BREAK = {
    "gone": None,
    "empty": lambda data: data[:0],
    "cut short": lambda data: data[: len(data) // 2],
    "altered": lambda data: data.replace(b"class", b"clasp").replace(b"0", b"1"),
    "of other code": lambda data: b"0" * 64 + data[64:],
}


def test_whatever_became_of_what_was_kept_the_bytes_are_the_same(watched):
    tell(watched)
    expected = built(watched, NOW + 600)
    for what, broken in BREAK.items():
        quietly(refresh(watched, NOW + 600))
        cached = [path for path in (watched.root / "var/cache").rglob("*") if path.is_file()]
        assert any(path.name == "status" for path in cached)
        for path in cached:
            path.write_bytes(broken(path.read_bytes())) if broken else path.unlink()
        quietly(refresh(watched, NOW + 600))
        assert expected == status_of(watched.output()), what


# --- Only what changed, only what is its own --------------------------------------------------


def times(folder):
    return {str(p): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def test_a_minute_later_only_what_tells_the_time_of_the_refresh_is_written(watched):
    quietly(refresh(watched, compress=True))
    before = times(watched.root / "output")
    quietly(refresh(watched, NOW + 60, compress=True))
    after = times(watched.root / "output")
    changed = {path for path in after if after[path] != before.get(path)}
    assert before.keys() == after.keys()
    assert changed
    assert not [path for path in changed if path.endswith((".html", ".svg", ".atom"))]


def theme_of_its_own(site):
    """Give a site a theme that a test may change."""
    shutil.copytree(ROOT / "theme", site.root / "theme")
    return {"THEME": str(site.root / "theme")}


def test_what_did_not_change_is_not_drawn_again(watched):
    """A template that cannot be printed, and looks as it did, goes unnoticed until it is used."""
    quietly(refresh(watched, settings=theme_of_its_own(watched)))
    expected = {p: d for p, d in watched.output().items() if p.endswith((".html", ".atom"))}
    template = watched.root / "theme/templates/status_route.html"
    before, text = template.stat(), template.read_text()
    template.write_text("{{ nothing }}".ljust(len(text.encode())))
    os.utime(template, ns=(before.st_atime_ns, before.st_mtime_ns))
    quietly(refresh(watched, NOW + 60))
    assert expected == {p: d for p, d in watched.output().items() if p in expected}
    assert "'nothing' is undefined" in refresh(watched, NOW + BIN_S).stderr


def change_template(site):
    template = site.root / "theme/templates/status_route.html"
    template.write_text(template.read_text().replace("{% block main %}", "{% block main %}new"))


def measure_late(site):
    """A round comes that lies in a bin which is known."""
    document = json.loads((site.root / "content/status/rounds.json").read_text())
    late = {
        "series": "back",
        "at": NOW - BIN_S + 60,
        "sent": 100,
        "lost": 50,
        "rtt_ms": [45.0] * 50,
    }
    document["rounds"].append(late)
    site.write("content/status/rounds.json", json.dumps(document))


PLANNED = """\
Title: planned
Routes: back
Severity: maintenance
Started: 2024-06-21 09:02 +0900
Resolved: 2024-06-21 09:03 +0900

## 2024-06-21 08:40 +0900 scheduled

Soon.

## 2024-06-21 09:01 +0900 scheduled

Very soon.
"""


def test_what_changes_within_five_minutes_shows_at_once(watched):
    """Whatever it is, the pages are those of a refresh that has nothing kept."""

    def plan(site):
        for lang in LANGUAGES:
            site.write(f"content/status/incidents/2024-06-21-plan/{lang}.md", PLANNED)

    def spoil(site):
        (site.root / "output/ja/status/index.html").write_text("spoilt")

    def lose(site):
        (site.root / "output/en/status/out/index.html").unlink()

    def fail(site):
        site.write("content/status/rounds.json", "<html>")

    steps = [
        ("a plan", 10, plan), ("its next word", 60, plain), ("its begin", 120, plain),
        ("its end", 180, plain), ("a template", 190, change_template), ("a page", 200, spoil),
        ("no page", 210, lose), ("a late figure", 220, measure_late), ("a failure", 230, fail),
    ]  # fmt: skip
    cache = watched.root / "var/cache"
    quietly(refresh(watched, settings=theme_of_its_own(watched)))
    for what, after_s, change in steps:
        change(watched)
        before = tree_without_marker(watched.root / "output")
        done = refresh(watched, NOW + after_s)
        assert change is fail or (done.returncode, done.stderr) == (0, ""), done.stderr
        found = tree_without_marker(watched.root / "output")
        cache.rename(cache.with_name("warm"))
        refresh(watched, NOW + after_s, places={"output": str(watched.root / "afresh")})
        shutil.rmtree(cache)
        cache.with_name("warm").rename(cache)
        assert tree_without_marker(watched.root / "afresh") == found, what
        pages = {path: data for path, data in found.items() if path.endswith(".html")}
        assert any(before.get(path) != data for path, data in pages.items()), what


def test_a_link_that_leads_elsewhere_now_shows_at_once(watched):
    """What a notice links to belongs to the site, and changes with no figure and no word."""
    offered = "content/columns/2014-03-24-cable-fault/trace.txt"
    watched.write(offered, "one")
    text = "See [this]({filename}/columns/2014-03-24-cable-fault/trace.txt)."
    tell(watched, columns="", text=text)
    quietly(refresh(watched))
    page, link = (
        "en/status/incidents/2024-06-21-loss/index.html",
        re.compile(rb"/assets/trace\S+txt"),
    )
    first = link.findall(watched.output()[page])
    watched.write(offered, "two")
    quietly(refresh(watched, NOW + 60))
    now = link.findall(watched.output()[page])
    assert len(first) == len(now) == 1
    assert first != now


def test_what_lies_beside_a_template_or_elsewhere_is_no_hindrance(watched):
    """An editor locks by a link to nothing; a folder of the theme may be a link to another."""
    settings = theme_of_its_own(watched)
    templates = watched.root / "theme/templates"
    templates.rename(watched.root / "templates")
    templates.symlink_to(watched.root / "templates")
    (templates / ".#status.html").symlink_to("somebody@here.1234")
    quietly(refresh(watched, settings=settings))
    change_template(watched)
    quietly(refresh(watched, NOW + 60))
    assert "new" in watched.page("/en/status/out/").partition("<main")[2][:200]


def test_what_is_gone_goes_and_everything_else_stays(watched):
    """A route and an incident leave; a file of somebody else's in the output does not."""
    tell(watched)
    built(watched)
    others = {p: d for p, d in watched.output().items() if not STATUS.match(p)}
    (watched.root / "content/status/incidents/2024-06-21-loss/ja.md").unlink()
    (watched.root / "content/status/incidents/2024-06-21-loss/en.md").unlink()
    network = watched.root / "content/status/network.toml"
    network.write_text(network.read_text().replace('id = "back"', 'id = "home"'))
    (watched.root / "output/notes.txt").write_text("mine")
    quietly(refresh(watched, NOW + 60))
    found = watched.output()
    assert {**others, "notes.txt": b"mine"} == {p: d for p, d in found.items() if p not in
                                                status_of(found)}  # fmt: skip
    assert not [path for path in found if "/back/" in path or "/incidents/" in path]
    assert [path for path in found if "/home/" in path]


def test_every_text_has_its_twins_and_they_follow_it(watched):
    quietly(refresh(watched, compress=True))
    measure(watched, lost=(50, 50, 50))
    quietly(refresh(watched, NOW + 900, compress=True))
    found = status_of(watched.output())
    texts = [path for path in found if not path.endswith((".br", ".gz"))]
    assert texts
    for path in texts:
        assert found[path] == brotli.decompress(found[f"{path}.br"])
        assert found[path] == gzip.decompress(found[f"{path}.gz"])


def test_no_twin_outlives_its_text(watched):
    """Asked for no longer, they go: a server would go on to serve them."""
    quietly(refresh(watched, compress=True))
    quietly(refresh(watched, NOW + 600))
    assert not [path for path in watched.output() if path.endswith((".br", ".gz"))]


# --- What is said -----------------------------------------------------------------------------


def test_no_source_that_answers_is_told_and_the_pages_say_so(watched):
    quietly(refresh(watched))
    (watched.root / "content/status/rounds.json").write_text("<html>")
    done = refresh(watched, NOW + 3600)
    assert 1 == done.returncode
    assert done.stderr.startswith('source "probe": ')
    assert 'data-state="unknown"' in watched.page("/en/status/")
    assert "Source “probe” has not answered" in watched.page("/en/status/")


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        (
            "content/status/network.toml",
            "routes = 1",
            "content/status/network.toml: ",
        ),
        (
            "content/status/incidents/2024-06-21-loss/ja.md",
            "Title: x\n",
            "content/status/incidents/2024-06-21-loss/ja.md:1: ",
        ),
    ],
)
def test_what_is_wrong_in_the_content_is_told_and_nothing_changes(watched, path, text, message):
    quietly(refresh(watched))
    before = watched.output()
    watched.write(path, text)
    done = refresh(watched, NOW + 900)
    assert 1 == done.returncode
    assert done.stderr.startswith(message)
    assert before == watched.output()


def test_a_site_without_a_status_says_what_is_missing(site):
    done = refresh(site)
    assert 1 == done.returncode
    assert "content/status/network.toml: is missing" in done.stderr


def test_a_route_is_explained_by_its_bins_and_rules(watched):
    done = refresh(watched, explain="out")
    assert 0 == done.returncode
    assert done.stdout.startswith("out: operational; measured: operational\n")
    assert "rule 4" in done.stdout


def test_the_explanation_says_what_the_page_does_not(watched):
    """How a source fails, with its address; the page and its data have the kind alone."""
    quietly(refresh(watched))
    (watched.root / "content/status/rounds.json").unlink()
    told = refresh(watched, NOW + 60, explain="out").stdout
    assert 'source "probe" fails: missing-file: content/status/rounds.json' in told
    refresh(watched, NOW + 60)
    assert not [path for path, data in watched.output().items() if b"rounds.json" in data]


def test_a_route_that_is_none_is_answered_with_those_there_are(watched):
    done = refresh(watched, explain="uot")
    assert (1, '--explain: "uot" is no route; there are out, back\n') == (
        done.returncode, done.stderr
    )  # fmt: skip


# --- Beside others ----------------------------------------------------------------------------


def test_a_second_refresh_waits_and_then_says_so(watched):
    write_settings(watched)
    lock = watched.write("var/status.sqlite.refresh", "")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = refresh(watched)
    assert 1 == done.returncode
    assert "another refresh of the status is running; wait for it to end" in done.stderr


def test_a_refresh_waits_for_a_build_that_is_just_ending(watched):
    output = Output(watched.root / "output")
    threading.Timer(1.5, output.close).start()
    quietly(refresh(watched))


def test_a_refresh_beside_a_long_build_changes_nothing_and_says_so(watched):
    output = Output(watched.root / "output")
    done = refresh(watched)
    output.close()
    assert 1 == done.returncode
    assert "another build is writing" in done.stderr
    assert [MARKER] == [*watched.output()]


def killed(watched, now, delay_s):
    """Kill a refresh after a while."""
    with subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-c", COMMAND, repr({"compress": True})],
        cwd=watched.root,
        env=os.environ | {"SOURCE_DATE_EPOCH": str(now)},
        stderr=subprocess.DEVNULL,
    ) as process:
        time.sleep(delay_s)
        process.kill()


@pytest.mark.soak
def test_a_killed_refresh_leaves_whole_files_and_the_next_one_mends_all(watched):
    """Each file is of one refresh, with twins of its own bytes; at last all are of the last."""
    quietly(refresh(watched, compress=True))
    for seed in range(ROUNDS):
        measure(watched, lost=[seed * 7 % 90] * (seed + 1))
        delay_s = random.Random(seed).uniform(0.1, 1.5)  # noqa: S311  when, not a secret
        killed(watched, NOW + (seed + 1) * BIN_S, delay_s)
        for path, data in status_of(watched.output()).items():
            if path.endswith(".html"):
                assert data.endswith(b"</html>"), path
            if path.endswith(".json"):
                json.loads(data)
    last = NOW + (ROUNDS + 1) * BIN_S
    quietly(refresh(watched, last, compress=True))
    found = status_of(watched.output())
    expected = built(watched, last)
    assert expected == {p: d for p, d in found.items() if not p.endswith((".br", ".gz"))}
    assert all(brotli.decompress(found[f"{path}.br"]) == data for path, data in expected.items())


# --- The deadman ------------------------------------------------------------------------------


def test_what_nobody_refreshed_says_unknown_in_every_form(watched):
    quietly(refresh(watched, compress=True))
    quietly(refresh(watched, NOW + 3600, deadman=True))
    found = watched.output()
    assert b"unknown" in found["status.txt"]
    assert found["status.txt"] == gzip.decompress(found["status.txt.gz"])
    assert found["status.txt"] == brotli.decompress(found["status.txt.br"])
    badge = found["en/status/out/badge.svg"]
    assert badge == brotli.decompress(found["en/status/out/badge.svg.br"])
    summary = json.loads(found["api/v2/summary.json"])
    assert "minor" == summary["status"]["indicator"]
    quietly(refresh(watched, NOW + 3660, deadman=True))
    assert found == watched.output()


def test_the_deadman_leaves_a_fresh_status_alone(watched):
    quietly(refresh(watched, compress=True))
    before = times(watched.root / "output")
    quietly(refresh(watched, NOW + 120, deadman=True))
    assert before == times(watched.root / "output")


def test_the_deadman_makes_no_twins_where_there_are_none(watched):
    quietly(refresh(watched))
    quietly(refresh(watched, NOW + 3600, deadman=True))
    assert not [path for path in watched.output() if path.endswith((".br", ".gz"))]


AGEING = re.compile(r"status\.txt|api/v2/.*|.*/badge\.svg")


def says(site):
    """Each ageing file and each twin of one as text, whatever it is packed by."""
    unpack = {".br": brotli.decompress, ".gz": gzip.decompress}
    return {
        path: unpack.get(path[-3:], bytes)(data).decode()
        for path, data in site.output().items()
        if AGEING.fullmatch(path.removesuffix(".br").removesuffix(".gz"))
    }


GREEN = re.compile(r'operational|"indicator":"none"|Operational|正常')
NOTHING = {
    "status.json.gz is gone": lambda output: (output / "status/status.json.gz").unlink(),
    "all gzip twins are gone": lambda output: [twin.unlink() for twin in output.rglob("*.gz")],
    "a brotli twin is gone": lambda output: (output / "status.txt.br").unlink(),
    "status.json is gone": lambda output: (output / "status/status.json").unlink(),
    "status.json is half": lambda output: (output / "status/status.json").write_text('{"vers'),
    "status.json is a list": lambda output: (output / "status/status.json").write_text("[]"),
    "status.json is empty": lambda output: (output / "status/status.json").write_text("{}"),
    "the content is gone": lambda output: (output.parent / "content").rename("content-gone"),
}


@pytest.mark.parametrize("take_away", NOTHING.values(), ids=NOTHING)
def test_whatever_is_taken_away_the_deadman_leaves_nothing_green(watched, take_away, monkeypatch):
    """Neither a file nor a twin of one."""
    quietly(refresh(watched, compress=True))
    assert GREEN.search(says(watched)["status.txt.br"])
    monkeypatch.chdir(watched.root)
    take_away(watched.root / "output")
    refresh(watched, NOW + 3600, deadman=True)
    told = says(watched)
    assert {} == {path: text for path, text in told.items() if GREEN.search(text)}
    assert {"en/status/out/badge.svg", "ja/status/back/badge.svg.br"} <= told.keys()


def test_the_deadman_of_a_server_needs_no_release(tmp_path):
    """Nor its content: `current` may be gone, and what is old is old all the same."""
    layout = Layout(tmp_path)
    assert str(layout.status) == places_on(layout, deadman=True).output
    with pytest.raises(ReleaseError, match="leads to no release yet"):
        places_on(layout)


def test_the_deadman_says_so_where_the_status_cannot_be_read(watched):
    quietly(refresh(watched))
    (watched.root / "output/status/status.json").write_text("{")
    done = refresh(watched, NOW + 60, deadman=True)
    assert 1 == done.returncode
    assert "files say unknown now" in done.stderr


def test_the_deadman_never_ages_what_a_refresh_beside_it_made(watched):
    """It reads and writes while nobody else writes: a refresh comes before it or after it."""
    quietly(refresh(watched))
    measure(watched, lost=[0] * 12)
    later = NOW + 12 * BIN_S
    threads = [
        threading.Thread(target=refresh, args=(watched, later)),
        *(threading.Thread(target=refresh, args=(watched, later), kwargs={"deadman": True})
          for _ in range(3)),
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "operational" in (watched.root / "output/status.txt").read_text()


def test_where_there_is_no_status_the_deadman_says_so(watched):
    done = refresh(watched, deadman=True)
    assert 1 == done.returncode
    assert "status.json: is missing; run invoke status first" in done.stderr
    assert not (watched.root / "output").exists()
