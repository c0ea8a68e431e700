"""Whole sites, built by Pelican in a process of its own as staff build them."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import forked

ROOT = Path(__file__).parents[2]
NOW = "1735689600"  # 2025-01-01 00:00 UTC

TOPICS = """\
[dns]
ja = "名前解決"
en = "DNS"

[mail]
ja = "メール"
en = "Mail"
"""


@dataclass
class Site:
    """A site below `root` with our theme, our plugins and content of the test's own."""

    root: Path
    settings: dict[str, object] = field(default_factory=dict)

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def column(self, folder="2014-03-24-cable-fault", lang="ja", body="本文。", **headers) -> Path:
        """Write a column; headers of None are left out, underscores of names become hyphens."""
        slug = folder[11:]
        end = {"ja": "## あとがき\n\n軽い話。", "en": "## Postscript\n\nLighter."}.get(lang, "")
        values = {
            "Title": f"{slug} {lang}",
            "Id": f"a{abs(hash_of(slug)):09d}"[:10],
            "Date": folder[:10],
            "Tags": "dns",
            "Summary": f"About {slug} in {lang}.",
        } | headers
        lines = "".join(f"{name}: {value}\n" for name, value in values.items() if value is not None)
        return self.write(f"content/columns/{folder}/{lang}.md", f"{lines}\n{body}\n\n{end}\n")

    def build(self, *, public=False, seed="", now=NOW, **settings) -> subprocess.CompletedProcess:
        """Build into `output/`; further settings override those of the site.

        With a `seed` of hashes a new interpreter begins.
        """
        overrides = {"PATH": str(self.root / "content"), "THEME": str(ROOT / "theme")}
        overrides |= {"OUTPUT_PATH": str(self.root / "output"), **self.settings, **settings}
        base = "publishconf" if public else "pelicanconf"
        lines = [f"import sys; sys.path.insert(0, {str(ROOT)!r})", f"from {base} import *"]
        lines += [f"{name} = {value!r}" for name, value in overrides.items()]
        self.write("siteconf.py", "\n".join(lines))
        env = os.environ | {"SOURCE_DATE_EPOCH": now}
        if not seed:
            return forked.pelican(["-s", "siteconf.py"], self.root, env)
        return subprocess.run(  # noqa: S603  our own command
            self.command(),
            cwd=self.root,
            env=env | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )

    def command(self) -> list[str]:
        return [sys.executable, "-m", "pelican", "-s", "siteconf.py"]

    def output(self) -> dict[str, bytes]:
        """Every file of the output by its path."""
        folder = self.root / "output"
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    def page(self, address: str) -> str:
        """The HTML that answers at an address such as `/ja/columns/`."""
        return (self.root / "output" / address.strip("/") / "index.html").read_text("utf-8")


def hash_of(text: str) -> int:
    """A number for a text, the same in every process."""
    return int.from_bytes(text.encode()[-4:], "big")


def words(html: str) -> str:
    """What a reader reads, tags taken out and white space folded."""
    visible = re.sub(r"<(style|script|title)\b.*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", visible))


@pytest.fixture
def site(tmp_path):
    """An empty site with two topics and the pages that the navigation leads to."""
    site = Site(tmp_path / "site")
    site.write("content/topics.toml", TOPICS)
    for slug in ("about", "privacy"):
        for lang in ("ja", "en"):
            site.write(f"content/pages/{slug}/{lang}.md", f"Title: {slug} {lang}\n\n{slug}.\n")
    return site
