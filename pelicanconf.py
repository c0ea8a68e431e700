"""The site as it is built on a desk; publishconf.py says what differs in public."""

import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "plugins"))

from columns.source import PATH_METADATA  # noqa: E402,F401  found through the line above

# --- The site -------------------------------------------------------------------------------

SITEURL = "http://127.0.0.1:8000"
DEFAULT_LANG = "ja"
LANGUAGES = {
    "ja": {
        "name": "日本語",
        "site_name": "あとがき",
        "tagline": "日本と中国のあいだの回線で起きたことと、その直し方",
        "author": "あとがき編集部",
    },
    "en": {
        "name": "English",
        "site_name": "Atogaki",
        "tagline": "What breaks on the lines between Japan and China, and what to do about it",
        "author": "The Atogaki team",
    },
}
POSTSCRIPT_HEADINGS = {"ja": ("あとがき",), "en": ("Postscript",)}
TIMEZONE = "Asia/Tokyo"
TAG_AUTHORITY = "atogaki.example,2009"  # RFC 4151; every id in a feed begins with it: never change
ICP_NUMBER = None  # 京ICP备12345678号-1, where the site is hosted in China: shown at its foot
WEBSUB_HUB = None  # the address of a hub that tells readers of feeds at once, if there is one

NEWSLETTER = {
    "senders": {  # as anti-spam law asks; a language without a sender has no newsletter
        "ja": {
            "name": "あとがき編集部",
            "postal_address": "〒000-0000 東京都見本区例示町1-2-3 見本ビル4階",
        },
        "en": {
            "name": "The Atogaki team",
            "postal_address": "Mihon Building 4F, 1-2-3 Reijicho, Mihon-ku, Tokyo 000-0000, Japan",
        },
    },
    "from_address": "columns@mail.atogaki.example",
    "unsubscribe_address": "unsubscribe@mail.atogaki.example",
    "contact_address": "desk@atogaki.example",
    "list_id": "columns.atogaki.example",
    "endpoint": "/newsletter",  # what answers the forms; None: all of that goes by mail
    "digest": False,  # True: also a mail a week of what changed in the status
}


def _moment(epoch: str) -> datetime:
    """Return the moment that SOURCE_DATE_EPOCH names, or now where it is empty."""
    if not epoch:
        return datetime.now(UTC)
    if epoch.isdecimal():
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(int(epoch), UTC)
    raise SystemExit(
        f'SOURCE_DATE_EPOCH: "{epoch}" is no time; write seconds since 1970, 1735689600'
    )


NOW = _moment(os.environ.get("SOURCE_DATE_EPOCH", ""))

# publishconf.py: lint first, change nothing after an error, welcome crawlers. STRICT_WARNINGS makes
# errors of warnings, too, and of each source of the status that fails.
PUBLIC = False
SHOW_DRAFTS = False  # `invoke serve` turns it on

# --- Where things lie -----------------------------------------------------------------------

PATH = "content"
OUTPUT_PATH = "output"
CACHE_PATH = "var/cache"  # what one build leaves for the next, which can do without
THEME = "theme"
ARTICLE_PATHS = ["columns"]
PAGE_PATHS = ["pages"]

# --- How it is built ------------------------------------------------------------------------

PELICAN_CLASS = "press.StrictPelican"  # named, for what reads these settings without Pelican
PLUGIN_PATHS = [str(ROOT / "plugins")]
PLUGINS = [
    "columns",
    "typesetting",
    "postscripts",
    "bilingual",
    "network_status",
    "feeds",
    "newsletter",
    "press",
    "lint",
]
RECEIPT_LINES = ["newsletter.receipt:lines"]  # add to the receipt of a push: "module:function"
MARKDOWN = {
    "extensions": [
        "markdown.extensions.abbr",
        "markdown.extensions.attr_list",
        "markdown.extensions.def_list",
        "markdown.extensions.fenced_code",
        "markdown.extensions.footnotes",
        "markdown.extensions.sane_lists",
        "markdown.extensions.tables",
    ],
    "output_format": "html",
}

# --- What Pelican would do by itself and our plugins do instead -------------------------------

ARTICLE_TRANSLATION_ID = PAGE_TRANSLATION_ID = None  # bilingual pairs languages
INTRASITE_LINK_REGEX = r"(?!)(?P<what>)"  # typesetting resolves links, in every form
DEFAULT_DATE_FORMAT = ""  # bilingual words dates
DEFAULT_METADATA = {"category": "column"}  # an article without one breaks Pelican's drafts
USE_FOLDER_AS_CATEGORY = False
DIRECT_TEMPLATES: list[str] = []
STATIC_PATHS: list[str] = []
THEME_STATIC_PATHS: list[str] = []
TAG_SAVE_AS = CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None
