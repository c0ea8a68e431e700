"""Values with good defaults, for tests that care about one thing at a time."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from bilingual.binder import LanguageBinder
from bilingual.phrases import load_phrases
from bilingual.settings import site_of
from columns.model import Column, Standing

ROOT = Path(__file__).parent.parent
JAPAN = timezone(timedelta(hours=9))
NOON = datetime(2024, 6, 20, 3, 0, tzinfo=UTC)

LANGUAGES = {
    tag: {
        "name": name,
        "site_name": f"site {tag}",
        "tagline": f"about {tag}",
        "author": f"team {tag}",
    }
    for tag, name in (("ja", "日本語"), ("en", "English"), ("zh-Hans", "简体中文"))
}


def column(slug="cable-fault", lang="ja", **values) -> Column:
    """A published column of 24 March 2014."""
    title = values.pop("title", f"{slug} {lang}")
    defaults = {
        "id": "k7q2mzv4xh",
        "slug": slug,
        "lang": lang,
        "title": title,
        "title_html": title,
        "summary": f"summary of {slug} {lang}",
        "topics": (),
        "date": datetime(2014, 3, 24, tzinfo=JAPAN),
        "modified": None,
        "timed": False,
        "modified_timed": False,
        "url": f"/{lang}/columns/{slug}/",
        "body": "<p>body</p>",
        "postscript": "<p>postscript</p>",
        "portable_body": "<p>portable body</p>",
        "portable_postscript": "<p>portable postscript</p>",
        "reading_minutes": 3,
        "standing": Standing.PUBLISHED,
        "translation": False,
        "aliases": (),
        "source": f"columns/2014-03-24-{slug}/{lang}.md",
    }
    return Column(**defaults | values)


def japan(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time in Japan."""
    return datetime(year, month, day, hour, minute, tzinfo=JAPAN)


def settings(**values: object) -> dict[str, object]:
    """What pelicanconf.py says of a site in Japanese and English."""
    languages = {tag: LANGUAGES[tag] for tag in ("ja", "en")}
    defaults = {
        "LANGUAGES": languages,
        "DEFAULT_LANG": "ja",
        "POSTSCRIPT_HEADINGS": dict.fromkeys(languages, ("Postscript",)),
        "TAG_AUTHORITY": "atogaki.example,2009",
        "SITEURL": "https://columns.example",
        "TIMEZONE": "Asia/Tokyo",
    }
    return defaults | values


def binder(siteurl="https://columns.example", written=None, offers=()):
    """The binder of a site in Japanese and English with the real phrases and all pages."""
    site = site_of(settings(SITEURL=siteurl))
    phrases = load_phrases(ROOT / "theme" / "strings", site.languages, "ja")
    every = {(lang, slug) for lang in site.languages for slug in ("about", "privacy")}
    return LanguageBinder(site, phrases, every if written is None else written, (), offers)
