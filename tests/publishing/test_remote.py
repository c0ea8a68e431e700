"""`invoke publish` and `invoke status --to`: through real rclone, to S3, SFTP and a folder."""

import fcntl
import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from network_status.ageing import ageing_files
from network_status.conf import read_settings
from network_status.documents import STATUS_JSON, encode
from publishing import rclone, releases
from publishing.assembly import assemble
from publishing.errors import RemoteError
from publishing.headers import TYPES, cache_control, content_type
from publishing.remote import SITE, STATUS, Source, age_status, publish, publish_status, source_on
from tests.network_status.test_documents import TWO
from tests.network_status.test_documents import document as status_document_of
from tests.publishing import remotes, sshd
from tests.publishing.builders import NOON, build, small_disk
from tests.publishing.nginx import free_port
from tests.site.conftest import ROOT

KINDS = ("s3", "sftp", "folder")
FIGURE = "assets/figure.0123456789.svg"
FILES = {
    "index.html": "<p>front",
    "404.html": "<p>lost",
    "robots.txt": "User-agent: *\nAllow: /\n",
    "sitemap.xml": "<urlset/>",
    "ja/index.html": "<p>home",
    "ja/columns/a/index.html": "<p>本文",
    "ja/columns/a/edition.json": "{}",
    "ja/feed.atom": "<feed/>",
    "ja/feed.rss": "<rss/>",
    "ja/feed.json": "{}",
    "ja/feeds.opml": "<opml/>",
    FIGURE: "<svg/>",
}
STATUS_FILES = {
    "status.txt": "as of",
    "status/status.json": "{}",
    "api/v2/summary.json": "{}",
    "ja/status/index.html": "<p>status",
    "ja/status/feed.atom": "<feed/>",
}
KEPT_BACK = {
    ".atogaki": "marker",
    "release.json": "{}",
    "redirects.map": "",
    "ja/index.html.br": "br",
    "ja/index.html.gz": "gz",
    ".well-known/x": "x",
}
OURS = {SITE, STATUS}


def write(folder, files):
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


@pytest.fixture
def source(tmp_path):
    """A public build, as it lies in output/."""
    site = tmp_path / "output"
    write(site, FILES | STATUS_FILES | KEPT_BACK)
    return Source(site, site, tmp_path / "var")


@pytest.fixture(scope="module")
def s3_server(tmp_path_factory):
    with remotes.s3(tmp_path_factory.mktemp("s3")) as place:
        yield place


@pytest.fixture(scope="module")
def ssh_server(tmp_path_factory):
    with sshd.running(tmp_path_factory.mktemp("ssh") / "sshd") as running:
        yield running


def known(monkeypatch, place):
    """Let rclone know a place, and nothing that the machine's user has configured."""
    monkeypatch.setenv("RCLONE_CONFIG", os.devnull)
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    return place


@pytest.fixture
def s3(s3_server, monkeypatch):
    """An S3 server whose bucket is empty."""
    place = known(monkeypatch, s3_server)
    rclone.Remote(place.to).purge("")
    place.requests()
    return place


@pytest.fixture
def folder(tmp_path, monkeypatch):
    return known(monkeypatch, remotes.local(tmp_path / "www"))


@pytest.fixture
def place(request, tmp_path, monkeypatch):
    """A place of the kind that the test asks for."""
    if request.param == "sftp":
        server = request.getfixturevalue("ssh_server")
        return known(monkeypatch, remotes.sftp(server, tmp_path / "far"))
    return request.getfixturevalue(request.param)


def send(source, place, now=NOON, **options):
    """Publish, and return what a person read."""
    said: list[str] = []
    publish(source, place.to, now, said.append, **options)
    return "\n".join(said)


def send_status(source, place):
    said: list[str] = []
    publish_status(source, place.to, NOON, said.append)
    return "\n".join(said)


def age(place, tmp_path, now):
    """Age the status from another machine."""
    settings = read_settings(ROOT / "publishconf.py")
    age_status(settings, tmp_path / "other", place.to, now, print)


@pytest.fixture
def site_status(source):
    """A site with a status as it was measured, and until when that may be shown."""
    document = status_document_of(of=TWO)
    aged = {path: data.decode() for path, data in ageing_files(document)}
    write(source.site, aged | {STATUS_JSON: encode(document).decode()})
    return source, datetime.fromtimestamp(document["valid_until_s"], UTC)


def shown(place):
    """Every file that readers can ask for, by path."""
    return {path: place.ask(path).body.decode() for path in place.paths() - OURS}


@pytest.mark.parametrize("place", KINDS, indirect=True)
def test_a_remote_becomes_what_the_site_is(source, place):
    """First all of it; then what changed, what is new, and what is gone; nothing else is there."""
    send(source, place)
    assert FILES | STATUS_FILES == shown(place)
    assert "nothing changed" in send(source, place)

    shutil.rmtree(source.site / "ja/columns/a")
    (source.site / FIGURE).unlink()
    changed = {"ja/index.html": "<p>home 2", "ja/columns/b/index.html": "<p>b"}
    write(source.site, changed)
    send(source, place)
    gone = {"ja/columns/a/index.html", "ja/columns/a/edition.json"}
    expected = {path: text for path, text in FILES.items() if path not in gone} | changed
    assert expected | STATUS_FILES == shown(place)

    send(source, place, NOON + timedelta(days=31))
    assert FIGURE not in place.paths()


@pytest.mark.parametrize("place", ["sftp", "folder"], indirect=True)
def test_no_empty_folder_stays(source, place):
    send(source, place)
    shutil.rmtree(source.site / "ja/columns")
    send(source, place)
    assert {"columns"} & {path.name for path in (place.folder / "ja").iterdir()} == set()
    assert [] == [path for path in place.folder.iterdir() if path.name not in OURS
                  and path.name.startswith(".")]  # fmt: skip


def test_a_release_of_a_server_is_sent_with_its_own_status(layout, folder):
    built = build(layout, "a", FILES)
    releases.switch(layout, assemble(layout, built, NOON))
    write(layout.status, STATUS_FILES | {".atogaki": "marker", "status.txt.br": "br"})
    send(source_on(layout), folder)
    assert FILES | STATUS_FILES == shown(folder)


def test_a_server_without_a_release_has_nothing_to_send(layout):
    with pytest.raises(RemoteError, match="leads to no release yet; push something first"):
        source_on(layout)


def test_headers_are_those_of_our_own_server(source, s3):
    """Content type and how long it may be kept, as S3 answers them (`test_nginx` has the same)."""
    send(source, s3)
    paths = sorted(FILES | STATUS_FILES)
    answers = {path: s3.ask(path) for path in paths}
    assert {path: (content_type(path), cache_control(path)) for path in paths} == {
        path: (answer["Content-Type"], answer["Cache-Control"]) for path, answer in answers.items()
    }
    assert "application/feed+json" == answers["ja/feed.json"]["Content-Type"]
    assert "public, max-age=31536000, immutable" == answers[FIGURE]["Cache-Control"]
    assert "public, max-age=60, must-revalidate" == answers["ja/status/index.html"]["Cache-Control"]


def test_every_kind_of_file_that_the_site_holds_has_a_type():
    """Sample files of each ending that the site may write."""
    endings = {Path(path).suffix.removeprefix(".") for path in FILES | STATUS_FILES}
    assert endings <= TYPES.keys()


def test_only_what_changed_is_sent(source, s3):
    send(source, s3)
    assert sorted(FILES | STATUS_FILES) == sorted(s3.sent())
    send(source, s3)
    assert [] == s3.sent()
    write(source.site, {"ja/index.html": "<p>home 2"})
    for file in source.site.rglob("*"):
        os.utime(file, (1, 1))  # times say nothing
    send(source, s3)
    assert ["ja/index.html"] == s3.sent()


def test_assets_come_first_then_pages_then_feeds_and_deletions_last(source, s3):
    send(source, s3)
    s3.requests()
    (source.site / "ja/columns/a/index.html").unlink()
    new = "assets/new.0123456789.svg"
    write(source.site, {
        "ja/feed.atom": "<feed>2", "ja/index.html": "<p>2", "ja/columns/b/index.html": "<p>b",
        new: "<svg>",
    })  # fmt: skip
    send(source, s3)
    wanted = ("PUT", "DELETE")
    assert [
        ("PUT", new), ("PUT", "ja/columns/b/index.html"), ("PUT", "ja/index.html"),
        ("PUT", "ja/feed.atom"), ("DELETE", "ja/columns/a/index.html"),
    ] == [request for request in s3.requests() if request[0] in wanted]  # fmt: skip


def test_a_dry_run_says_what_would_change_and_changes_nothing(source, folder):
    send(source, folder)
    before = shown(folder)
    (source.site / "ja/feed.rss").unlink()
    write(source.site, {"ja/index.html": "<p>home 2"})
    assert (
        "changed pages: 1 to send\n1 to delete\n  + ja/index.html\n  - ja/feed.rss"
        == send(source, folder, dry=True)
    )  # fmt: skip
    assert before == shown(folder)


@pytest.mark.parametrize("damage", ["", "{", '{"format": 9}'], ids=["lost", "broken", "foreign"])
def test_without_a_manifest_everything_is_sent_anew(source, folder, damage):
    """What else lies there may be anybody's, and stays."""
    write(folder.folder, {"theirs.txt": "theirs"})
    send(source, folder)
    (folder.folder / SITE).unlink()
    if damage:
        (folder.folder / SITE).write_text(damage)
    write(folder.folder, {"ja/index.html": "truncated"})
    assert ("is damaged; everything is sent anew" in send(source, folder)) == bool(damage)
    assert FILES | STATUS_FILES | {"theirs.txt": "theirs"} == shown(folder)


def test_the_live_status_is_nobodys_but_its_own(source, folder):
    """A build brings an older one each time; a refresh changes nothing of the site."""
    send(source, folder)
    fresh = STATUS_FILES | {"status.txt": "fresh"}
    write(source.site, fresh | {"ja/index.html": "<p>not yet"})
    send_status(source, folder)
    assert FILES | fresh == shown(folder)
    write(source.site, STATUS_FILES)
    (source.site / "ja/status/feed.atom").unlink()
    send(source, folder)
    assert FILES | fresh | {"ja/index.html": "<p>not yet"} == shown(folder)
    send_status(source, folder)
    assert "ja/status/feed.atom" not in shown(folder)


def test_the_status_is_sent_data_first_and_only_what_changed(source, s3):
    send(source, s3)
    s3.requests()
    write(source.site, {"status/status.json": '{"new": 1}', "ja/status/index.html": "<p>new"})
    send_status(source, s3)
    assert ["status/status.json", "ja/status/index.html"] == s3.sent()


def test_a_status_that_was_never_made_is_not_sent(source, folder):
    (source.site / "status.txt").unlink()
    with pytest.raises(RemoteError, match="holds no status; run invoke status first"):
        send_status(source, folder)
    send(source, folder)
    assert FILES == shown(folder)


def test_a_status_that_nobody_refreshes_says_unknown(folder, tmp_path, site_status):
    """From any machine that may write there: the files that cannot age by themselves."""
    source, until = site_status
    send(source, folder)
    before = shown(folder)
    age(folder, tmp_path, until - timedelta(minutes=1))
    assert before == shown(folder)
    age(folder, tmp_path, until + timedelta(minutes=1))
    after = shown(folder)
    assert after.keys() == before.keys()
    changed = {path for path in after if after[path] != before[path]}
    assert {"status.txt", "api/v2/summary.json"} <= changed
    assert all(not path.endswith(".html") for path in changed)
    send_status(source, folder)
    assert before == shown(folder)


def test_there_is_nothing_to_age_before_a_status(folder, tmp_path):
    with pytest.raises(RemoteError, match=r"status\.json is missing; publish one first"):
        age(folder, tmp_path, NOON)
    assert set() == folder.paths()


@pytest.mark.parametrize("left", [None, "{"])
def test_without_a_status_to_age_nothing_says_that_all_is_well(folder, tmp_path, site_status, left):
    source, until = site_status
    send(source, folder)
    green = re.compile(r'operational|"indicator":"none"|Operational|正常')
    assert green.search(shown(folder)["status.txt"])
    place = folder.folder / STATUS_JSON
    place.unlink() if left is None else place.write_text(left)
    with pytest.raises(RemoteError, match="files say unknown now"):
        age(folder, tmp_path, until - timedelta(minutes=1))
    told = shown(folder)
    assert {
        "status.txt",
        "api/v2/summary.json",
        "ja/status/tokyo-shanghai/badge.svg",
    } <= told.keys()
    assert [] == [path for path, text in told.items() if green.search(text)]
    send_status(source, folder)
    assert green.search(shown(folder)["status.txt"])


def test_what_a_killed_run_left_the_next_one_clears_wherever_it_goes(source, folder):
    """But not what a run that goes on, or a rclone that outlived one, still reads."""
    left, read = (source.var / f"publish-{name}" for name in ("dead", "alive"))
    for place in (left, read):
        write(place, {"ja/index.html": "<p>"})
    with read.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        send(source, folder)
    assert [read] == [*source.var.glob("publish-*/")]


def test_two_runs_at_once_are_noticed_and_the_next_one_mends(source, folder, tmp_path, monkeypatch):
    """From two machines: neither knows what the other changed, so both say that it is doubtful."""
    send(source, folder)
    site = tmp_path / "theirs"
    write(site, FILES | {"ja/index.html": "<p>theirs"})
    theirs = Source(site, site, tmp_path / "their-var")
    write(source.site, {"ja/index.html": "<p>ours"})
    move = rclone.Remote.move
    meanwhile = [theirs]

    def interrupted(remote, paths):
        move(remote, paths)
        if meanwhile and SITE not in paths:
            send(meanwhile.pop(), folder)

    monkeypatch.setattr(rclone.Remote, "move", interrupted)
    with pytest.raises(RemoteError, match="another run is publishing there"):
        send(source, folder)
    assert "<p>theirs" == shown(folder)["ja/index.html"]
    noted = json.loads((folder.folder / SITE).read_text())["files"]
    assert "" == noted["ja/index.html"]
    send(source, folder)
    assert FILES | STATUS_FILES | {"ja/index.html": "<p>ours"} == shown(folder)


@pytest.mark.parametrize(
    "to",
    ["", "-x", "--config=x", "columns", "a:b\nc", ":s3,secret=x:columns", "a,b=c:d", ":memory:"],
)
def test_what_is_no_remote_is_refused(source, to):
    with pytest.raises(RemoteError, match="is no remote; write NAME:BUCKET/PATH"):
        send(source, remotes.Place(to))


@pytest.mark.parametrize("below", ["", "/ja", "/.."])
def test_a_site_is_not_published_into_itself(source, below):
    with pytest.raises(RemoteError, match="is, holds or lies in what would be published"):
        send(source, remotes.Place(f"{source.site}{below}"))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no site; build it first: invoke site --public"),
        ({"index.html": ""}, "holds no site; build it first: invoke site --public"),
        (
            {"index.html": "", "robots.txt": "User-agent: *\nDisallow: /\n"},
            "is no public build; make one first: invoke site --public",
        ),
    ],
    ids=["nothing", "half", "desk"],
)
def test_only_a_public_build_is_published(tmp_path, folder, files, message):
    """An empty folder would otherwise remove a whole site."""
    (tmp_path / "site").mkdir()
    write(tmp_path / "site", files)
    with pytest.raises(RemoteError, match=message):
        send(Source(tmp_path / "site", tmp_path / "site", tmp_path), folder)


def test_a_link_is_not_followed(source, folder):
    (source.site / "ja/secret.html").symlink_to("/etc/passwd")
    with pytest.raises(RemoteError, match=r"'ja/secret.html' is a link"):
        send(source, folder)


def fault(source, place):
    with pytest.raises(RemoteError) as caught:
        send(source, place)
    return str(caught.value)


def test_a_remote_that_is_not_configured_is_named(source, monkeypatch):
    place = known(monkeypatch, remotes.Place("nowhere:columns"))
    assert "nowhere:columns: rclone knows no remote of that name: rclone config" in fault(
        source, place
    )


def test_a_host_that_does_not_answer_is_named(source, monkeypatch):
    port = free_port()
    values = {"TYPE": "s3", "PROVIDER": "Other", "ENDPOINT": f"http://127.0.0.1:{port}",
              "ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s"}  # fmt: skip
    environment = {f"RCLONE_CONFIG_AWAY_{key}": value for key, value in values.items()}
    said = fault(source, known(monkeypatch, remotes.Place("away:columns", environment)))
    assert "away:columns: it cannot be reached\n  rclone: " in said
    assert f"127.0.0.1:{port}: connect: connection refused" in said


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there_is_not_made(source):
    place = remotes.Place("buckets:typo")
    assert "buckets:typo: there is no such bucket; make it first" in fault(source, place)
    with pytest.raises(RemoteError, match="names no bucket; as in buckets:columns"):
        send(source, remotes.Place("buckets:"))


def test_wrong_credentials_are_named(source, tmp_path, monkeypatch):
    with remotes.s3(tmp_path) as place:
        known(monkeypatch, place).refuse_everyone()
        assert "it refuses these credentials, or what they ask for\n" in fault(source, place)


def test_a_key_that_the_host_does_not_know_is_named(source, ssh_server, tmp_path, monkeypatch):
    place = remotes.sftp(ssh_server, tmp_path / "far")
    place.environment["RCLONE_CONFIG_MACHINE_KEY_FILE"] = str(ssh_server.folder / "host")
    known(monkeypatch, place)
    assert "it refuses these credentials, or what they ask for\n" in fault(source, place)


def test_a_host_with_another_key_is_named(source, ssh_server, tmp_path, monkeypatch):
    place = remotes.sftp(ssh_server, tmp_path / "far")
    other = (ssh_server.folder / "person.pub").read_text().split()[:2]
    (tmp_path / "known").write_text(f"[127.0.0.1]:{ssh_server.port} {' '.join(other)}\n")
    place.environment["RCLONE_CONFIG_MACHINE_KNOWN_HOSTS_FILE"] = str(tmp_path / "known")
    known(monkeypatch, place)
    assert "it is not the host that known_hosts_file knows\n" in fault(source, place)


def test_a_target_that_may_not_be_written_is_named(source, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("a file")
    place = known(monkeypatch, remotes.FolderPlace(str(tmp_path / "file/www"), {}, tmp_path))
    assert "a file is in the way of a folder" in fault(source, place)
    place = known(monkeypatch, remotes.FolderPlace("/proc/www", {}, Path("/proc/www")))
    assert "/proc/www: " in fault(source, place)


def test_a_full_target_keeps_what_it_shows(source, tmp_path, monkeypatch):
    """The room is given back, and with less to send the next run succeeds."""
    with small_disk(tmp_path / "disk", 1) as disk:
        place = known(monkeypatch, remotes.local(disk / "www"))
        send(source, place)
        before = shown(place)
        write(source.site, {"ja/index.html": "<p>big", "ja/big.txt": "x" * 2_000_000})
        assert "there is no room left\n" in fault(source, place)
        assert before == shown(place)
        (source.site / "ja/big.txt").unlink()
        send(source, place)
        assert "<p>big" == shown(place)["ja/index.html"]


def program(folder, text):
    """A program that is found in place of rclone."""
    folder.mkdir()
    (folder / "rclone").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "rclone").chmod(0o755)
    return str(folder)


def test_a_machine_without_rclone_is_told_so(source, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "rclone is not installed; on Debian: apt install rclone" == fault(
        source, remotes.FolderPlace(str(tmp_path / "www"))
    )


def test_an_old_rclone_is_named_with_its_version(source, tmp_path, monkeypatch):
    monkeypatch.setenv(
        "PATH", program(tmp_path / "bin", "echo 'Version \"v1.53.3-DEV\" starting' >&2")
    )
    assert "rclone is version 1.53; publishing needs 1.60 or later" == fault(
        source, remotes.FolderPlace(str(tmp_path / "www"))
    )
