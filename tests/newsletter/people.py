"""Editions, senders and subscribers with good defaults, and the store they live in."""

from datetime import UTC, datetime

from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE, Consent, Edition, Sender, Subscriber
from newsletter.store import Store
from newsletter.subscribers import Enrolment, Subscribers
from newsletter.tokens import Signer

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
T0 = int(NOW.timestamp())
DAY_S = 86_400
SIGNER = Signer(b"a key of a test, and of no other use")

TEXT = f"""\
海底ケーブルが切れた朝
────────────
　朝の三時、上海との回線が切れた。

配信を止める
{UNSUBSCRIBE_PLACE}
言語を変える
{LANGUAGE_PLACE}
"""
HTML = (
    '<!doctype html><html lang="ja"><p>朝の三時、上海との回線が切れた。</p>'
    f'<p><a href="{UNSUBSCRIBE_PLACE}">配信を止める</a> <a href="{LANGUAGE_PLACE}">言語</a></p>'
)


def edition(lang="ja", slug="cable-fault", **values) -> Edition:
    """The edition of a column about a cable."""
    url = f"https://columns.example/{lang}/columns/{slug}/"
    defaults = {
        "id": f"k7q2mzv4xh/{lang}",
        "slug": slug,
        "lang": lang,
        "subject": {"ja": "海底ケーブルが切れた朝"}.get(lang, "The morning a cable broke"),
        "preheader": "朝の三時、上海との回線が切れた。",
        "text": TEXT,
        "html": HTML,
        "url": url,
        "alternates": {},
    }
    return Edition(**defaults | values)


def sender(lang="ja", **values) -> Sender:
    """Who sends the editions of a language."""
    defaults = {
        "name": {"ja": "あとがき"}.get(lang, "Atogaki"),
        "address": "columns@atogaki.example",
        "list_id": f"{lang}.columns.atogaki.example",
        "archive": f"https://columns.example/{lang}/columns/",
        "endpoint": f"https://columns.example/newsletter/{lang}",
        "unsubscribe_to": "unsubscribe@atogaki.example",
    }
    return Sender(**defaults | values)


def subscriber(address="reader@customer.example", name="山田 花子", **values) -> Subscriber:
    """Somebody who gets Japanese editions."""
    defaults = {
        "person": SIGNER.person(address),
        "address": address,
        "name": name,
        "languages": ("ja",),
        "consent": Consent(T0 - DAY_S, "signed up at the office"),
    }
    return Subscriber(**defaults | values)


def enrolment(address="reader@customer.example", languages=("ja",), at=T0 - DAY_S, **values):
    """Somebody who comes in with a consent of yesterday."""
    consent = Consent(at, values.pop("how", "signed up at the office"))
    return Enrolment(address, values.pop("name", ""), tuple(languages), consent)


def store_in(folder) -> Store:
    """The store below a folder."""
    return Store(folder / "newsletter.sqlite", SIGNER)


def enrolled(folder, *enrolments) -> None:
    """Put people into the store below a folder."""
    with store_in(folder) as store:
        Subscribers(store).enrol(enrolments)
