"""What a build promises: nothing too early, nothing half, nothing silent, nothing twice."""

import os
import random
import shutil
import subprocess
import time

import pytest

from press.files import MARKER
from tests.site.conftest import NOW, words

ROUNDS = int(os.environ.get("ATOGAKI_SOAK", "3"))


def pages_of(site, slug):
    return sorted(path for path in site.output() if f"/{slug}/" in path)


def mentions(site, text):
    return sorted(path for path, data in site.output().items() if text.encode() in data)


@pytest.mark.parametrize("public", [False, True], ids=["desk", "public"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Status": "draft"}, id="draft"),
        pytest.param({"Date": "2025-01-01 09:01"}, id="a minute early"),
    ],
)
def test_a_held_back_column_has_no_address_and_no_mention(site, public, headers):
    """The build's `now` is 09:00 on New Year's Day in Japan."""
    site.column()
    site.column("2025-01-01-secret", Title="Secret", **headers)
    assert site.build(public=public).returncode == 0
    assert pages_of(site, "secret") == []
    assert mentions(site, "Secret") == []


def test_a_scheduled_column_appears_with_its_minute(site):
    site.column("2025-01-01-secret", Date="2025-01-01 09:00")
    assert site.build().returncode == 0
    assert "ja/columns/secret/index.html" in pages_of(site, "secret")


@pytest.mark.parametrize(
    ("headers", "mark"),
    [({"Status": "draft"}, "下書き"), ({"Date": "2025-01-01 23:00"}, "公開前")],
    ids=["draft", "scheduled"],
)
def test_a_preview_shows_and_marks_what_is_held_back(site, headers, mark):
    site.column("2025-01-01-secret", Title="Secret", **headers)
    assert site.build(SHOW_DRAFTS=True).returncode == 0
    page = site.page("/ja/columns/secret/")
    assert mark in words(page)
    assert "noindex" in page
    assert "Secret" in words(site.page("/ja/columns/"))


def test_the_zone_of_midnight_is_the_sites(site):
    """A bare date is midnight in Japan, which is still the day before in UTC."""
    site.column("2025-01-02-secret")
    assert site.build(now="1735743599").returncode == 0
    assert pages_of(site, "secret") == []
    assert site.build(now="1735743600").returncode == 0
    assert pages_of(site, "secret") != []


def test_a_public_build_names_all_that_is_wrong_and_changes_nothing(site):
    site.column()
    assert site.build(public=True).returncode == 0
    before = site.output()
    site.column(Title="Changed")
    site.column("2014-05-01-bad", Summary=None, Tags="dsn")
    site.column("2014-06-01-worse", Date="1.6.2014")
    done = site.build(public=True)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert any(
        line.startswith("content/columns/2014-05-01-bad/ja.md:1: Summary:") for line in lines
    )
    assert any(line.startswith("content/columns/2014-05-01-bad/ja.md:4: Tags:") for line in lines)
    assert any(line.startswith("content/columns/2014-06-01-worse/ja.md:3: Date:") for line in lines)
    assert site.output() == before


def test_a_bad_column_does_not_take_the_others_down(site):
    """On the desk the rest is built; the status still says that something was wrong."""
    site.column()
    site.column("2014-06-01-worse", Date="1.6.2014")
    done = site.build()
    assert done.returncode == 1
    assert "columns/2014-06-01-worse/ja.md" in done.stderr
    assert pages_of(site, "cable-fault") != []
    assert site.build(LINT_REPORT=True).returncode == 0


BAD_COLUMNS = {
    "link to nothing": {"body": "[x](../2000-01-01-gone/ja.md)"},
    "unknown topic": {"Tags": "gone"},
    "missing image": {"body": "![図](gone.png)"},
    "script": {"body": "<script>alert(1)</script>"},
    "broken figure": {"body": "![図](broken.svg)"},
    "unknown language": {"lang": "fr"},
    "reserved slug of a page": {"folder": "../pages/columns"},
    "alias taken by a column": {"Aliases": "/ja/columns/cable-fault/"},
    "alias taken by the build": {"Aliases": "/robots.txt"},
    "no date": {"Date": "1.6.2014"},
}


@pytest.mark.parametrize("bad", BAD_COLUMNS.values(), ids=BAD_COLUMNS)
def test_a_bad_text_does_not_take_a_preview_down(site, bad):
    """Whoever writes the next column sees it, and what is wrong with this one."""
    text = site.column(**{"folder": "2014-06-01-worse"} | bad)
    text.with_name("broken.svg").write_text("<svg")
    site.column()
    done = site.build(LINT_REPORT=True, SHOW_DRAFTS=True)
    assert done.returncode == 0, done.stderr
    assert text.parent.name in done.stderr
    assert "cable-fault ja" in words(site.page("/ja/columns/cable-fault/"))


def test_every_old_address_is_a_whole_page(site):
    """Whatever readers knew it by, it is served as HTML and under the policy of all pages."""
    site.column(Aliases="/en/old, /old.txt, /old.htm, /2014/cable.html")
    assert site.build().returncode == 0
    files = ["2014/cable.html", "en/old/index.html", "old.htm", "old.txt/index.html"]
    leading = mentions(site, "url=/ja/columns/cable-fault/")
    assert leading == files
    assert set(mentions(site, 'http-equiv="Content-Security-Policy"')) >= set(files)
    head = site.output()["old.htm"].decode().partition("</head>")[0]
    target = "http://127.0.0.1:8000/ja/columns/cable-fault/"
    assert f'<link rel="canonical" href="{target}">' in head
    assert "noindex" not in head


def test_an_address_taken_twice_keeps_a_public_build_from_changing_anything(site):
    site.column()
    assert site.build(public=True).returncode == 0
    before = site.output()
    site.column(Title="Changed", Aliases="/robots.txt/old.html")
    done = site.build(public=True)
    assert done.returncode == 1
    assert "robots.txt: taken twice, by content/columns/2014-03-24-cable-fault/ja.md" in done.stderr
    assert site.output() == before


def test_a_broken_table_of_topics_is_told_in_its_own_words(site):
    """Whoever edits it is no programmer: no frames of ours follow."""
    site.column()
    site.write("content/topics.toml", '[dns]\nja = "名前解決"\n')
    done = site.build()
    assert done.returncode == 1
    lines = [line.strip() for line in done.stderr.splitlines()]
    assert lines != []
    assert [line for line in lines if not line.startswith("content/topics.toml: ")] == []


def test_two_folders_with_one_slug_are_an_error_that_names_both(site):
    site.column("2014-03-24-cable-fault")
    site.column("2015-03-24-cable-fault")
    done = site.build()
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        'content/columns/2015-03-24-cable-fault/ja.md: has the slug "cable-fault" of'
        " content/columns/2014-03-24-cable-fault/ja.md; rename one folder"
    ]


def test_two_columns_with_one_id_are_an_error_that_names_both(site):
    """A reader of feeds would take one for the other."""
    site.column("2014-03-24-cable-fault", Id="k7q2mzv4xh")
    site.column("2015-03-24-other", Id="k7q2mzv4xh")
    done = site.build()
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "content/columns/2015-03-24-other/ja.md: has the Id of"
        " content/columns/2014-03-24-cable-fault/ja.md; give the newer one another"
    ]


def test_a_second_build_touches_no_file(site):
    site.column()
    site.build()
    times = {path: path.stat().st_mtime_ns for path in site.root.glob("output/**/*")}
    site.build()
    assert times == {path: path.stat().st_mtime_ns for path in site.root.glob("output/**/*")}


def test_one_edit_of_a_body_changes_one_page_its_mail_and_its_feeds(site):
    """What a column says is on its own page; lists hold its title and summary."""
    for year in range(2010, 2016):
        site.column(f"{year}-01-01-c{year}")
    site.build()
    before = site.output()
    site.column("2012-01-01-c2012", body="本文を直した。")
    site.build()
    after = site.output()
    changed = [path for path in after if after[path] != before[path]]
    feeds = ("ja/feed.", "ja/topics/dns/feed.")
    expected = [f"{feed}{ending}" for feed in feeds for ending in ("atom", "json", "rss")]
    own = [f"edition.{ending}" for ending in ("html", "json", "txt")]
    expected += [f"ja/columns/c2012/{name}" for name in ("index.html", *own)]
    assert sorted(changed) == sorted(expected)


def test_a_withdrawn_column_leaves_no_file(site):
    site.column()
    site.column("2014-05-01-withdrawn")
    site.build()
    shutil.rmtree(site.root / "content/columns/2014-05-01-withdrawn")
    site.build()
    assert mentions(site, "withdrawn") == []
    assert pages_of(site, "withdrawn") == []


def test_a_missing_phrase_fails_the_build(site, tmp_path):
    from tests.site.conftest import ROOT

    site.column()
    theme = tmp_path / "theme"
    shutil.copytree(ROOT / "theme", theme)
    strings = theme / "strings/en.toml"
    strings.write_text(strings.read_text("utf-8").replace("\nskip = ", "\nskipp = "), "utf-8")
    done = site.build(THEME=str(theme))
    assert done.returncode == 1
    assert "theme/strings/en.toml: nav.skip is missing" in done.stderr
    assert not (site.root / "output").exists() or site.output().keys() <= {".atogaki"}


@pytest.mark.soak
def test_a_build_killed_at_any_moment_leaves_whole_files(site):
    """Each file is the old one or the new one; the next build completes."""
    old, new = {}, {}
    for body, result in (("古い。" * 400, old), ("新しい。" * 400, new)):
        for number in range(30):
            site.column(f"2014-01-01-c{number}", body=body)
        assert site.build().returncode == 0
        result |= site.output()
    start = time.perf_counter()
    assert site.build().returncode == 0
    duration_s = time.perf_counter() - start
    chance = random.Random(ROUNDS)  # noqa: S311  which moment is no secret
    environment = os.environ | {"SOURCE_DATE_EPOCH": NOW}
    for turn in range(ROUNDS):
        for number in range(30):
            body = ("古い。", "新しい。")[turn % 2] * 400
            site.column(f"2014-01-01-c{number}", body=body)
        with subprocess.Popen(  # noqa: S603  our own command
            site.command(), cwd=site.root, env=environment
        ) as process:
            time.sleep(chance.uniform(0.3, 1.1) * duration_s)
            process.kill()
        for path, data in site.output().items():
            # A draft that the killed build had no time to put in place, under its hidden name.
            if not path.rpartition("/")[2].startswith(f"{MARKER}-"):
                assert data in (old[path], new[path]), path
    assert site.build().returncode == 0
    assert site.output() in (old, new)


def test_a_text_that_cannot_be_read_is_told_without_a_programs_words(site):
    """Who builds at a desk reads what is wrong in which line, and nothing of our code."""
    site.column("2014-03-24-cable-fault")
    site.column("2015-06-12-box").write_text("Title: x\nStatus： draft\n\nx\n", "utf-8")
    site.column("2016-02-18-fibre").write_bytes(b"Title: \x8a\n\nx\n")
    done = site.build()
    assert done.returncode == 1
    assert set(done.stderr.splitlines()) == {
        "Could not process columns/2015-06-12-box/ja.md",
        '  line 2: "Status： draft" is no header; write Name: value with an ASCII colon,'
        " then a blank line",
        "Could not process columns/2016-02-18-fibre/ja.md",
        "  'utf-8' codec can't decode byte 0x8a in position 7: invalid start byte;"
        " save the file as UTF-8",
    }


def test_a_site_that_is_to_stay_unknown_says_so_on_every_page(site):
    """Robots read it on the page: below another path there is no robots.txt to read."""
    site.column(Aliases="/ja/2014/cable.html")
    assert site.build(NOINDEX=True, PUBLIC=False).returncode == 0
    pages = {path: data for path, data in site.output().items() if path.endswith(".html")}
    mark = b'<meta name="robots" content="noindex">'
    assert [path for path, data in pages.items() if mark not in data] == []
    assert b"Disallow: /\n" in site.output()["robots.txt"]
