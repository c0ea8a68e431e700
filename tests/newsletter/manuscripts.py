"""Manuscripts and imprints with good defaults, and a press with the real theme."""

from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from newsletter.edition import Imprint, Manuscript, Privacy, Version
from newsletter.inlining import MailPress, style_of
from newsletter.settings import SenderLines
from tests.builders import binder

THEME = Path(__file__).parents[2] / "theme"
SITE = "https://columns.example"


def manuscript(lang="ja", **values) -> Manuscript:
    """A short column about a cable, which exists in both languages."""
    other = {"ja": "en", "en": "ja"}[lang]
    names = {"ja": "日本語", "en": "English"}
    titles = {"ja": "海底ケーブルが切れた朝", "en": "The morning a cable broke"}
    defaults = {
        "id": "k7q2mzv4xh",
        "slug": "cable-fault",
        "lang": lang,
        "title": titles[lang],
        "date": {"ja": "2014年3月24日", "en": "24 March 2014"}[lang],
        "summary": "朝の三時に切れた。",
        "body": f'<p>本文。<a href="{SITE}/{lang}/columns/night-routes/">前の回</a>。</p>',
        "postscript": "<p>軽い話。</p>",
        "url": f"{SITE}/{lang}/columns/cable-fault/",
        "alternates": (
            Version(other, names[other], titles[other], f"{SITE}/{other}/columns/cable-fault/"),
        ),
        "source": f"content/columns/2014-03-24-cable-fault/{lang}.md",
    }
    return Manuscript(**defaults | values)


def imprint(lang="ja", **values) -> Imprint:
    """What the editions of a language say of their sender, in the real phrases."""
    say = partial(binder().phrase, lang)
    defaults = {
        "site": {"ja": "あとがき", "en": "Atogaki"}[lang],
        "sender": SenderLines(name="編集部", postal_address="東京都見本区1-2-3"),
        "contact": "desk@columns.example",
        "privacy": Privacy(f"{SITE}/{lang}/privacy/", say("nav.privacy"), lang),
        "columns": 72,
        "say": say,
    }
    return Imprint(**defaults | values)


def press() -> MailPress:
    """What prints HTML parts with the theme of this site."""
    environment = Environment(
        loader=FileSystemLoader(THEME / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return MailPress(environment.get_template("mail/edition.html"), style_of(THEME))
