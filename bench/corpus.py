"""A made-up site of any size: column 17 reads the same whether 20 are made or 5,000.

It passes our lint, and stock Pelican can build its content as well.
"""

import sys
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from string import Template, ascii_lowercase, digits

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "plugins"))  # for every benchmark, all of which import this
LANGUAGES = ("ja", "en")
POSTSCRIPT = {"ja": "あとがき", "en": "Postscript"}

Phrase = Mapping[str, str]
"""One thing said in each language."""

_TEXT = tomllib.loads((ROOT / "bench" / "text.toml").read_text("utf-8"))
_PARTS = 3
_FIRST_DAY = date(2004, 1, 1)
_DAYS = 20 * 365
_STRIDE = 2557  # has no divisor in common with _DAYS, so that every year gets its share

_SETTINGS = f'''\
"""A made-up site with the real one's settings, but no feeds and mails, which stock lacks."""

import runpy

globals().update(runpy.run_path({str(ROOT / "pelicanconf.py")!r}))
THEME = {str(ROOT / "theme")!r}
PLUGINS = [name for name in globals()["PLUGINS"] if name not in {{"feeds", "newsletter"}}]
'''


def make_site(folder: Path, columns: int) -> None:
    """Write a whole site: that many columns in two languages, pages, topics and settings."""
    files = {
        "pelicanconf.py": _SETTINGS,
        "content/topics.toml": "\n".join(map(_topic, _TEXT["topics"])),
        **{
            f"content/pages/{slug}/{lang}.md": f"Title: {slug}\nSummary: {slug}\n\n{slug}\n"
            for slug in ("about", "privacy")
            for lang in LANGUAGES
        },
    }
    for path, text in files.items():
        _write(folder / path, text)
    for number in range(columns):
        for lang in LANGUAGES:
            for name, text in Author(number, lang).files():
                _write(folder / "content" / folder_of(number) / name, text)


def edit(folder: Path, number: int, note: str) -> None:
    """Change the text of one column in one language."""
    file = folder / "content" / folder_of(number) / "ja.md"
    heading = f"\n## {POSTSCRIPT['ja']}\n"
    text = file.read_text("utf-8")
    file.write_text(text.replace(heading, f"\n追記。{note}\n{heading}"), "utf-8")


def folder_of(number: int) -> str:
    """Return the folder of a column below `content/`."""
    topic = _TEXT["topics"][number % len(_TEXT["topics"])]["slug"]
    return f"columns/{_day_of(number)}-{topic}-{number}"


class Author:
    """Writes one column in one language; in every language the same choices are made."""

    def __init__(self, number: int, lang: str) -> None:
        self._number = number
        self._lang = lang
        self._random = Random(number)

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield the column's text and its figure, if it has one, by file name."""
        blocks = [self._headers(), self._paragraph(4)]
        for part in range(_PARTS):
            blocks += [f"## {self._pick('headings')}", self._paragraph(5), *self._matter(part)]
        blocks += [f"## {POSTSCRIPT[self._lang]}", self._lines("postscripts", 3)]
        yield f"{self._lang}.md", "\n\n".join(blocks) + "\n"
        if self._has_figure:
            yield f"figure.{self._lang}.svg", self._figure()

    @property
    def _has_figure(self) -> bool:
        return self._number % 4 == 3

    def _headers(self) -> str:
        topics = [topic["slug"] for topic in self._random.sample(_TEXT["topics"], 2)]
        headers = {
            "Title": self._pick("titles"),
            "Id": "c" + "".join(self._random.choices(ascii_lowercase + digits, k=9)),
            "Date": f"{_day_of(self._number)} 09:00",
            "Tags": ", ".join(topics),
            "Summary": self._pick("summaries"),
        }
        if self._number % 10 == 7 and self._lang == "ja":
            headers["Modified"] = f"{_day_of(self._number) + timedelta(days=5)}"
        return "\n".join(f"{name}: {value}" for name, value in headers.items())

    def _matter(self, part: int) -> Iterator[str]:
        """Yield what stands between the paragraphs of a part; columns differ in it."""
        match (self._number + part) % 6:
            case 0:
                head = "\n".join(row[self._lang] for row in _TEXT["table"])
                rows = (self._say(_TEXT["row"]) for _ in range(5))
                yield "\n".join([head, *rows])
            case 1:
                yield self._code()
            case 2:
                yield "\n".join(f"* {point}" for point in self._some("points", 4))
            case 3 if self._random.random() < 0.5:
                yield f"{self._pick('sentences')}[^1]"
                yield f"[^1]: {self._say(_TEXT['note'])}"
        if part == 0 and self._number:
            target = folder_of(self._random.randrange(self._number)).removeprefix("columns/")
            yield self._say(_TEXT["link"], target=f"{{filename}}../{target}/{self._lang}.md")
        if part == 1 and self._has_figure:
            image = f"{{static}}figure.{self._lang}.svg"
            yield f'![{self._say(_TEXT["figure"])}]({image} "{self._say(_TEXT["caption"])}")'

    def _paragraph(self, sentences: int) -> str:
        """Return a paragraph as its authors wrap it: Japanese by sentence, English by width."""
        if self._lang == "ja":
            return self._lines("sentences", sentences)
        text = " ".join(self._some("sentences", sentences))
        return textwrap.fill(text, 92, break_long_words=False, break_on_hyphens=False)

    def _lines(self, kind: str, count: int) -> str:
        return "\n".join(self._some(kind, count))

    def _code(self) -> str:
        times_ms = (self._random.uniform(80, 400) for _ in range(4))
        replies = (
            f"64 bytes from 192.0.2.{self._number % 256}: icmp_seq={sequence} time={time_ms:.1f} ms"
            for sequence, time_ms in enumerate(times_ms, 1)
        )
        return "\n".join(["```console", "$ ping -c 4 gateway.example", *replies, "```"])

    def _figure(self) -> str:
        """Return a bar chart of twelve hours with one that stands out."""
        heights = [self._random.randint(4, 40) for _ in range(11)]
        heights.insert(self._random.randrange(12), 110)
        bars = "\n".join(
            f'<rect x="{40 + 28 * hour}" y="{130 - height}" width="20" height="{height}"'
            + (' class="accent"/>' if height > 100 else ' opacity="0.5"/>')
            for hour, height in enumerate(heights)
        )
        labels = "\n".join(
            f'<text x="{50 + 28 * hour}" y="148" font-size="12" text-anchor="middle">{hour}</text>'
            for hour in range(0, 12, 2)
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 160" role="img">\n'
            f"<title>{self._say(_TEXT['caption'])}</title>\n"
            f'<g fill="currentColor">\n{bars}\n{labels}\n</g>\n'
            '<path d="M32 130H384" fill="none" stroke="currentColor"/>\n</svg>\n'
        )

    def _pick(self, kind: str) -> str:
        return self._say(self._random.choice(_TEXT[kind]))

    def _some(self, kind: str, count: int) -> list[str]:
        return [self._say(phrase) for phrase in self._random.sample(_TEXT[kind], count)]

    def _say(self, phrase: Phrase, **given: str) -> str:
        """Return a phrase with a place, a time and figures in it."""
        return Template(phrase[self._lang]).substitute(
            city=self._random.choice(_TEXT["cities"])[self._lang],
            cable=self._random.choice(_TEXT["cables"]),
            hour=self._random.randrange(24),
            rtt=self._random.randrange(80, 400, 10),
            loss=self._random.randint(2, 60),
            days=self._random.randint(2, 20),
            count=self._random.randint(3, 9),
            **given,
        )


def _day_of(number: int) -> date:
    return _FIRST_DAY + timedelta(days=number * _STRIDE % _DAYS)


def _topic(topic: Mapping[str, str]) -> str:
    names = "".join(f'{lang} = "{topic[lang]}"\n' for lang in LANGUAGES)
    return f"[{topic['slug']}]\n{names}"


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
