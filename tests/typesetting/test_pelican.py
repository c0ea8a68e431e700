"""The plugin inside a small real Pelican run, with the stock generators."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"

CONFIGURATION = f"""
import sys
sys.path.insert(0, {str(PLUGINS)!r})
from columns.source import PATH_METADATA
SITEURL = "https://example.com/log"
PATH = "content"
THEME = "theme"
PLUGIN_PATHS = [{str(PLUGINS)!r}, "extra"]
PLUGINS = ["typesetting", "publisher"]
LANGUAGES = {{"ja": {{}}, "en": {{}}}}
DEFAULT_LANG = "ja"
TIMEZONE = "Asia/Tokyo"
ARTICLE_PATHS, PAGE_PATHS, STATIC_PATHS = ["columns"], ["pages"], []
ARTICLE_URL = ARTICLE_LANG_URL = "/log/{{lang}}/columns/{{slug}}/"
ARTICLE_SAVE_AS = ARTICLE_LANG_SAVE_AS = "{{lang}}/columns/{{slug}}/index.html"
PAGE_URL = PAGE_LANG_URL = "/log/{{lang}}/{{slug}}/"
PAGE_SAVE_AS = PAGE_LANG_SAVE_AS = "{{lang}}/{{slug}}/index.html"
DIRECT_TEMPLATES = []
INTRASITE_LINK_REGEX = "(?!)(?P<what>)"
TAG_SAVE_AS = CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
DEFAULT_METADATA = {{"category": "columns"}}
MARKDOWN = {{"extensions": ["tables", "fenced_code"], "output_format": "html"}}
"""

PUBLISHER = """
from pathlib import Path
from pelican import signals

class Publisher:
    def __init__(self, context, output_path, **_):
        self.context, self.output = context, Path(output_path)

    def generate_output(self, writer):
        for path, source in self.context["files"].items():
            target = self.output / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source if isinstance(source, bytes) else source.read_bytes())

def publisher(pelican):
    return Publisher

def register():
    signals.get_generators.connect(publisher)
"""

TEMPLATE = """\
{% set text = article or page -%}
{{ text.title }}|{{ text.summary }}|{{ text.lang }}|{{ text.date }}|{{ text.modified }}|\
{{ text.tags | join(',') }}|{{ text.id }}|\
{{ text.title_html }}|{{ text.reading_minutes }}
{{ text.content }}
<hr class="portable">
{{ text.portable if article else '' }}
"""

JAPANESE = """\
Title: ケーブルが切れた
Id: k7q2mzv4xh
Date: 2014-03-24 18:30
Modified: 2014-03-25
Tags: routing, vpn
Id: given-twice
Summary: *plain* <text>

切れた。
**海底**の[規則]({filename}../2021-10-06-rule/en.md)と[案内](../../pages/about/ja.md)。

![図]({static}figure.svg "説明")

![写真](photo.gif)
"""
ENGLISH = "Title: Rule\nDate: 2021-10-06\nSummary: s\n\nSee [cable](../2014-03-24-cable/ja.md).\n"
DRAFT = "Title: 下書き\nDate: 2021-01-01\nStatus: skip\n\n[x](gone.md)\n"
PAGE = "Title: 案内\nSummary: s\n\n[同じ](/ja/columns/)\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g id="a"/></svg>'


def write(folder, files):
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    write(folder, {
        "pelicanconf.py": CONFIGURATION,
        "extra/publisher.py": PUBLISHER,
        "theme/templates/article.html": TEMPLATE,
        "theme/templates/page.html": TEMPLATE,
        "content/columns/2014-03-24-cable/ja.md": JAPANESE,
        "content/columns/2014-03-24-cable/figure.svg": SVG,
        "content/columns/2014-03-24-cable/photo.gif": b"GIF89a\x05\x00\x04\x00" + b"\0" * 9,
        "content/columns/2014-03-24-cable/notes.html": "<title>no column</title>",
        "content/columns/2021-10-06-rule/en.md": ENGLISH,
        "content/columns/2021-01-01-draft/ja.md": DRAFT,
        "content/pages/about/ja.md": PAGE,
    })  # fmt: skip
    return folder


def build(folder):
    return subprocess.run(
        [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "1000"},  # Pelican folds its messages at this width
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def output(site):
    done = build(site)
    assert "CRITICAL" not in done.stderr + done.stdout, done
    assert "ERROR" not in done.stderr + done.stdout, done
    assert "WARNING" not in done.stderr + done.stdout, done
    return site / "output"


@pytest.fixture(scope="module")
def column(output):
    return (output / "ja/columns/cable/index.html").read_text()


def test_headers_reach_the_templates(column):
    """Dates are dates, topics a list, a summary plain text; of two headers the first counts."""
    expected = (
        "ケーブルが切れた|*plain* <text>|ja|2014-03-24 18:30:00+09:00|2014-03-25 00:00:00+09:00"
        "|routing,vpn|k7q2mzv4xh|ケーブルが<wbr>切れた|1"
    )
    assert expected == column.partition("\n")[0]


def test_the_body_is_typeset_with_its_links_resolved(column):
    """What an author points to as a file, a reader follows as an address."""
    assert (
        '<p>切れた。<strong>海底</strong>の<a href="/log/en/columns/rule/" hreflang="en">規則</a>'
        'と<a href="/log/ja/about/">案内</a>。</p>'
    ) in column


def test_figures_stand_in_the_page(column):
    """The drawing is inline, its ids carry the column's folder, its caption stays."""
    assert (
        '<figure><svg viewBox="0 0 1 1" role="img" aria-label="図">'
        '<g id="f1-2014-03-24-cable-a"/></svg><figcaption>説明</figcaption></figure>'
    ) in column


def test_pictures_are_published_under_their_address(column, output):
    """A photograph for the page, the drawing as a picture for feeds, and nothing else."""
    drawing, photograph = sorted(output.glob("assets/*"))
    assert f'<img src="/log/assets/{photograph.name}" width="5" height="4" loading="lazy"' in column
    assert 'xmlns="http://www.w3.org/2000/svg" width="1" height="1"' in drawing.read_text()


def test_a_portable_column_stands_anywhere(column, output):
    """In a feed or a mail: whole addresses, pictures, and ids that no other text has."""
    portable = column.partition('<hr class="portable">')[2]
    drawing, photograph = sorted(output.glob("assets/*"))
    site = "https://example.com/log"
    assert f'<a href="{site}/en/columns/rule/" hreflang="en">規則</a>' in portable
    assert f'<img src="{site}/assets/{drawing.name}" width="1" height="1"' in portable
    assert f'<img src="{site}/assets/{photograph.name}" width="5" height="4"' in portable
    assert "<svg" not in portable


def test_a_page_and_the_other_language_are_finished_too(output):
    """Pages and translations pass the same way as columns."""
    assert '<a href="/log/ja/columns/">' in (output / "ja/about/index.html").read_text()
    rule = (output / "en/columns/rule/index.html").read_text()
    assert '<a href="/log/ja/columns/cable/" hreflang="ja">cable</a>' in rule


def test_only_markdown_is_a_column(output):
    """A stray HTML file beside a column is no column; a skipped one has no address."""
    pages = sorted(path.relative_to(output).as_posix() for path in output.rglob("*.html"))
    expected = ["en/columns/rule/index.html", "ja/about/index.html", "ja/columns/cable/index.html"]
    assert expected == pages


@pytest.mark.usefixtures("output")
def test_a_link_to_nothing_is_an_error_of_the_build(site):
    """The message names the file and the link; a text that is held back is nothing too."""
    page = site / "content/pages/about/en.md"
    draft = "../../columns/2021-01-01-draft/ja.md"
    page.write_text(f"Title: t\nSummary: s\n\n[x](../gone/ja.md) [y]({draft})\n")
    done = build(site)
    page.unlink()
    messages = " ".join(f"{done.stderr} {done.stdout}".split())
    assert 'content/pages/about/en.md: link "../gone/ja.md": no published text' in messages
    assert f'link "{draft}": no published text' in messages
    assert "gone.md" not in messages


@pytest.mark.parametrize("line", ["Status： draft\n\n", " Status: draft\n\n", "\nStatus: draft\n"])
def test_a_mistyped_header_publishes_nothing(site, line):
    """A draft whose header is mistyped is an error, never a page."""
    folder = site / "content/columns/2021-02-02-mistyped"
    folder.mkdir()
    (folder / "ja.md").write_text(f"Title: t\nDate: 2021-02-02\nSummary: s\n{line}\n本文\n")
    done = build(site)
    shutil.rmtree(folder)
    assert not (site / "output/ja/columns/mistyped").exists()
    assert "Could not process" in done.stderr + done.stdout
