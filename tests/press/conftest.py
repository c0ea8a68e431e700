"""A small site of the press's own: its theme, and a plugin that makes the sheets."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"

BASE = """\
<!doctype html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style></style>
<title>{{ title }}</title>
<script type="application/ld+json">{"headline":  "a </b> <a"}</script>
</head>
<body>
<h1>{{ title }}</h1>
{% block main %}{% endblock %}
</body>
</html>
"""

TEMPLATES = {
    "base.html": BASE,
    "column.html": '{% extends "base.html" %}\n{% block main %}<div>{{ body }}</div>{% endblock %}',
    "sitemap.xml.html": "<urlset>\n  <url>{{ address }}</url>\n</urlset>\n",
}

CSS = {
    "layers.css": "@layer tokens, base, blocks, print;",
    "tokens.css": "@layer tokens { :root { --ink: light-dark(#111, #eee) } }",
    "base.css": "@layer base { p { margin-inline: 1rem; & a { color: var(--ink) } } }",
    "layout.css": "@layer base { body { max-inline-size: 40rem } }",
    "blocks/aside.css": "@layer blocks { .aside { padding-block: 1rem } }",
    "blocks/table-scroll.css": "@layer blocks { .table-scroll { overflow-x: auto } }",
    "print.css": "@layer print { @media print { nav { display: none } } }",
}

SETTINGS = f"""\
import sys
sys.path.insert(0, {str(PLUGINS)!r})
from press.build import StrictPelican

PELICAN_CLASS = StrictPelican
PLUGIN_PATHS = [{str(PLUGINS)!r}, "plugins"]
PLUGINS = ["pages_of_test", "press"]
SITEURL = ""
PATH, OUTPUT_PATH, THEME = "content", "output", "theme"
ARTICLE_PATHS, PAGE_PATHS, STATIC_PATHS, THEME_STATIC_PATHS = ["columns"], ["pages"], [], []
DIRECT_TEMPLATES = []
TAG_SAVE_AS = CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None
TIMEZONE = "Asia/Tokyo"
DEFAULT_METADATA = {{"category": "column"}}
"""

PLUGIN = '''\
"""One sheet for each article, as a plugin of the real site makes them."""

import logging

from markupsafe import Markup
from pelican import signals
from pelican.generators import ArticlesGenerator
from press.model import Sheet


def name(generator, metadata):
    metadata["save_as"] = ""
    metadata["template"] = "column"


def make_sheets(generators):
    for generator in generators:
        if isinstance(generator, ArticlesGenerator):
            for article in generator.articles + generator.translations:
                values = {"lang": "ja", "title": article.title, "body": Markup(article._content)}
                source = f"content/{article.relative_source_path}"
                sheet = Sheet(f"ja/{article.slug}/index.html", "column", values, source)
                article._context["sheets"].append(sheet)


def register():
    signals.article_generator_context.connect(name)
    signals.all_generators_finalized.connect(make_sheets)
'''


@dataclass(frozen=True)
class Site:
    """A site below `root` and its build as a process of its own."""

    root: Path

    def write(self, path, text):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def column(self, slug, title="題", body="本文。", **headers):
        lines = [f"{name.capitalize()}: {value}" for name, value in headers.items()]
        head = "\n".join(["Title: " + title, "Date: 2014-03-24", f"Slug: {slug}", *lines])
        self.write(f"content/columns/{slug}.md", f"{head}\n\n{body}\n")

    def plugin(self, text):
        self.write("plugins/pages_of_test.py", PLUGIN + text)

    def build(self, *settings, arguments=()):
        command = [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", *arguments]
        if settings:
            command += ["-e", *settings]
        return subprocess.run(  # noqa: S603 - the command is ours
            command, cwd=self.root, capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip

    def output(self, folder="output"):
        """Return every file of the output but the marker, by path."""
        root = self.root / folder
        files = (path for path in root.rglob("*") if path.is_file())
        found = {str(path.relative_to(root)): path.read_bytes() for path in files}
        found.pop(".atogaki", None)
        return found


def write_css(folder, css):
    (folder / "blocks").mkdir(parents=True)
    for name, text in css.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def css(tmp_path):
    """Lay out the theme's CSS."""
    write_css(tmp_path / "css", CSS)
    return tmp_path / "css"


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site")
    for name, text in TEMPLATES.items():
        site.write(f"theme/templates/{name}", text)
    write_css(site.root / "theme/static/css", CSS)
    site.write("pelicanconf.py", SETTINGS)
    site.plugin("")
    site.column("cable-fault", "海底ケーブル", "本文 & <b>a</b>。")
    site.column("night-backup", "夜のバックアップ")
    (site.root / "content/pages").mkdir()
    return site
