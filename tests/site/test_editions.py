"""Whole sites: every column that readers may see has its edition, and nothing else has."""

import json
import re
from dataclasses import fields

import pytest
from lxml import html

from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE, Edition
from pelicanconf import NEWSLETTER
from tests.site.conftest import words

CONTENT = "https://columns.atogaki.example"


def editions(site):
    """The files of editions by their path."""
    return {path: data for path, data in site.output().items() if "/edition." in path}


def test_a_column_has_a_page_a_text_and_an_object(site):
    site.column(lang="ja")
    site.column(lang="en")
    done = site.build(public=True)
    assert (0, "") == (done.returncode, done.stderr)
    expected = {
        f"{lang}/columns/cable-fault/edition.{ending}"
        for lang in ("ja", "en")
        for ending in ("html", "json", "txt")
    }
    assert expected == set(editions(site))
    made = json.loads(site.output()["ja/columns/cable-fault/edition.json"])
    assert [field.name for field in fields(Edition)] == list(made)
    assert made["id"].endswith("/ja")
    assert f"{CONTENT}/ja/columns/cable-fault/" == made["url"]
    assert {"en": f"{CONTENT}/en/columns/cable-fault/"} == made["alternates"]
    assert UNSUBSCRIBE_PLACE in made["text"]
    assert LANGUAGE_PLACE in made["html"]


def test_on_the_web_the_places_lead_to_the_page_about_the_newsletter(site):
    site.column()
    site.build(public=True)
    files = site.output()
    text = files["ja/columns/cable-fault/edition.txt"].decode()
    assert 2 == text.splitlines().count(f"{CONTENT}/ja/subscribe/")
    page = html.fromstring(files["ja/columns/cable-fault/edition.html"])
    assert 2 == page.xpath("//footer//a/@href").count("/ja/subscribe/")
    assert b"{{" not in b"".join(
        data for path, data in files.items() if path.endswith(("edition.txt", "edition.html"))
    )
    assert "メールで購読する" in words(site.page("/ja/subscribe/"))


def test_the_page_of_an_edition_is_for_people_only_and_has_a_policy(site):
    site.column()
    site.build(public=True)
    page = site.output()["ja/columns/cable-fault/edition.html"].decode()
    assert '<meta name="robots" content="noindex">' in page
    assert re.search(r"style-src 'sha256-[^']+';img-src 'self' data:;base-uri 'none'", page)
    assert " style=" not in page
    assert b"edition" not in site.output()["sitemap.xml"]


def test_a_column_leads_to_its_edition(site):
    site.column()
    site.build()
    page = html.fromstring(site.page("/ja/columns/cable-fault/"))
    links = page.xpath("//footer[@class='column-foot']//a/@href")
    base = "/ja/columns/cable-fault/edition"
    assert [f"{base}.html", f"{base}.txt", "/ja/subscribe/"] == [
        link for link in links if "edition" in link or "subscribe" in link
    ]


def test_what_is_held_back_has_none_in_public_and_one_in_previews(site):
    site.column(lang="ja", Status="draft")
    site.column("2030-01-01-future", lang="ja")
    site.column("2015-01-01-seen", lang="ja")
    site.build(public=True)
    assert {"seen"} == {path.split("/")[2] for path in editions(site)}
    site.build(SHOW_DRAFTS=True)
    assert {"seen", "future", "cable-fault"} == {path.split("/")[2] for path in editions(site)}


def test_a_draft_shown_in_public_all_the_same_has_no_edition(site):
    site.column(lang="ja", Status="draft")
    site.column(lang="en")
    site.build(public=True, SHOW_DRAFTS=True)
    assert {"en"} == {path.split("/")[0] for path in editions(site)}
    assert {} == json.loads(site.output()["en/columns/cable-fault/edition.json"])["alternates"]


def test_a_language_without_a_sender_has_no_newsletter(site):
    site.column(lang="ja")
    site.column(lang="en")
    ours = {lang: NEWSLETTER["senders"][lang] for lang in ("ja",)}
    done = site.build(NEWSLETTER=NEWSLETTER | {"senders": ours})
    assert (0, "") == (done.returncode, done.stderr)
    assert {"ja"} == {path.split("/")[0] for path in editions(site)}
    assert "en/subscribe/index.html" not in site.output()
    assert "By mail" not in site.page("/en/columns/cable-fault/")


@pytest.mark.parametrize(
    ("languages", "asked"),
    [
        (("ja", "en"), "お名前と、受け取りたい言語（日本語、英語から一つ以上）を書いて、"),
        (("ja",), "お名前を書いて、次のアドレスへ"),
    ],
    ids=["in two languages", "in one"],
)
def test_whoever_subscribes_by_mail_is_told_the_languages_of_the_senders(site, languages, asked):
    """Nobody is offered mails that there are not."""
    senders = {lang: NEWSLETTER["senders"][lang] for lang in languages}
    site.build(NEWSLETTER=NEWSLETTER | {"senders": senders, "endpoint": None})
    assert asked in words(site.page("/ja/subscribe/"))


def test_a_site_without_a_newsletter_has_no_trace_of_it(site):
    site.column()
    done = site.build(NEWSLETTER=None)
    assert (0, "") == (done.returncode, done.stderr)
    assert {} == editions(site)
    assert "ja/subscribe/index.html" not in site.output()


def test_bad_settings_are_told_before_anything_is_built(site):
    site.column()
    done = site.build(NEWSLETTER=NEWSLETTER | {"from_address": "x"})
    said = 'pelicanconf.py: NEWSLETTER.from_address: "x" is no mail address;'
    assert (1, f"{said} write columns@company.example\n") == (done.returncode, done.stderr)
    assert not (site.root / "output").exists()


def test_a_column_too_long_for_a_mailbox_fails_a_public_build_by_name(site):
    site.column(body="長い本文。\n\n" * 3000)
    done = site.build(public=True)
    assert 1 == done.returncode
    assert "content/columns/2014-03-24-cable-fault/ja.md: the HTML part of its mail" in done.stderr
    assert not (site.root / "output").exists() or {} == editions(site)


def test_a_kept_edition_has_the_same_bytes_and_a_changed_one_others(site):
    site.column("2014-03-24-cable-fault")
    site.column("2015-01-01-other")
    site.build()
    first = editions(site)
    kept = {path: path.stat().st_mtime_ns for path in (site.root / "var").rglob("*.json")}
    site.column("2015-01-01-other", body="別の本文。")
    site.build()
    second = editions(site)
    changed = {path for path in first if first[path] != second[path]}
    assert {"other"} == {path.split("/")[2] for path in changed}
    assert 1 == sum(path.exists() and path.stat().st_mtime_ns == kept[path] for path in kept)


def test_another_theme_makes_another_mail(site):
    """What is kept depends on all that an edition is made of, not on the column alone."""
    site.column()
    site.build()
    first = site.output()["ja/columns/cable-fault/edition.json"]
    moved = NEWSLETTER | {"contact_address": "other@atogaki.example"}
    site.build(NEWSLETTER=moved)
    assert first != site.output()["ja/columns/cable-fault/edition.json"]


@pytest.mark.parametrize("public", [True, False])
def test_a_digest_needs_a_status(site, public):
    site.column()
    done = site.build(public=public, NEWSLETTER=NEWSLETTER | {"digest": True})
    said = "pelicanconf.py: NEWSLETTER.digest: True, but the site has no status"
    assert 1 == done.returncode
    assert said in done.stderr
