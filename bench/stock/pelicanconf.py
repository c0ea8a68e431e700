"""Stock Pelican for the same columns: no plugin, a minimal theme, everything optional off."""

SITENAME = "あとがき"
SITEURL = "http://127.0.0.1:8000"
AUTHOR = "あとがき編集部"
TIMEZONE = "Asia/Tokyo"
DEFAULT_LANG = "ja"
THEME = "theme"
PLUGINS: list[str] = []

ARTICLE_PATHS = STATIC_PATHS = ["columns"]  # figures lie beside the texts
PAGE_PATHS = ["pages"]
PATH_METADATA = (
    r"(?:columns/(?P<date>\d{4}-\d{2}-\d{2})-|pages/)"
    r"(?P<slug>[^/]+)/(?P<lang>[^/.]+)\.md$"
)
ARTICLE_URL = ARTICLE_LANG_URL = "{lang}/columns/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_LANG_SAVE_AS = "{lang}/columns/{slug}/index.html"
PAGE_URL = PAGE_LANG_URL = "{lang}/{slug}/"
PAGE_SAVE_AS = PAGE_LANG_SAVE_AS = "{lang}/{slug}/index.html"
INDEX_SAVE_AS = "ja/index.html"
TAGS_SAVE_AS = "ja/topics/index.html"
TAG_URL = "ja/topics/{slug}/"
TAG_SAVE_AS = "ja/topics/{slug}/index.html"
YEAR_ARCHIVE_URL = "ja/columns/{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = "ja/columns/{date:%Y}/index.html"

DEFAULT_METADATA = {"category": "column"}
USE_FOLDER_AS_CATEGORY = False
DIRECT_TEMPLATES = ["index", "tags"]
CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""
DEFAULT_DATE_FORMAT = "%Y-%m-%d"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None

# Pelican's default without codehilite, as ours does not colour code either; meta is added by
# Pelican's reader.
MARKDOWN = {
    "extension_configs": {"markdown.extensions.extra": {}, "markdown.extensions.meta": {}},
    "output_format": "html5",
}
