"""The newsletter's settings and editions in a folder, as its commands find them."""

import json
from dataclasses import asdict

from newsletter.desk import Desk, desk_of
from newsletter.model import DATA, folder_of
from tests.newsletter.people import edition

KEY = "a key of a test, and of no other use"
SETTINGS = """\
SITEURL = "{site_url}"
TIMEZONE = "Asia/Tokyo"
OUTPUT_PATH = "output"
LANGUAGES = {{"ja": {{}}, "en": {{}}}}
NEWSLETTER = {{
    "senders": {{
        "ja": {{"name": "あとがき", "postal_address": "東京都"}},
        "en": {{"name": "Atogaki", "postal_address": "Tokyo"}},
    }},
    "from_address": "columns@atogaki.example",
    "unsubscribe_address": "unsubscribe@atogaki.example",
    "contact_address": "desk@atogaki.example",
    "list_id": "columns.atogaki.example",
}}
"""


def desk(folder, environ=None, site_url="https://columns.example", live="live") -> Desk:
    """The desk of a site below a folder; `live` is its folder of the live release, if any."""
    file = folder / "publishconf.py"
    file.write_text(SETTINGS.format(site_url=site_url), encoding="utf-8")
    variables = {"ATOGAKI_NEWSLETTER_KEY": KEY} | (environ or {})
    return desk_of(file, variables, folder / "newsletter.sqlite", live and folder / live)


def publish(folder, *languages, **values) -> None:
    """Write editions where a build leaves them."""
    for lang in languages or ("ja",):
        one = edition(lang, **values)
        file = folder / folder_of(one.slug, lang) / DATA
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(one), ensure_ascii=False), encoding="utf-8")
