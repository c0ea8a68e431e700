"""A new column: a folder with a draft in each language, every header explained by its value."""

import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random, SystemRandom
from string import ascii_lowercase, digits
from zoneinfo import ZoneInfo

from columns.headers import TITLE
from columns.rules import slug_fault
from columns.source import place_of
from lint.model import HeaderField, Settings, is_blank, is_placeholder

_HEADING = "〈A heading that says what happened; two to four in a text〉"
_TEXT = "〈What broke, how it was found, wrong turns too, and what to do about it〉"
_POSTSCRIPT = "〈Two to five lines of a lighter, more personal kind〉"


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of a new column by language, and what was wrong with how they were given."""

    by_language: Mapping[str, str]
    faults: tuple[str, ...]


def read_titles(given: Iterable[str], languages: Collection[str]) -> Titles:
    """Read titles in the form `ja=海底ケーブルが切れた朝`, at least one, one for a language."""
    titles: dict[str, str] = {}
    faults: list[str] = []
    for text in given:
        lang, equals, title = (part.strip() for part in text.partition("="))
        if not equals:
            faults.append(f'--title "{text}": write <language>=<title>, e.g. en="A cable fault"')
        elif lang in titles:
            faults.append(f"--title {lang}: given twice; give one")
        else:
            titles[lang] = title
            reasons = _title_faults(lang, title, languages)
            faults.extend(f"--title {lang}: {reason}" for reason in reasons)
    if not titles and not faults:
        faults.append('--title: missing; give one or more, e.g. --title en="A cable fault"')
    return Titles(titles, tuple(faults))


def slug_faults(slug: str, folders: Iterable[str]) -> Iterator[str]:
    """Yield why a slug cannot name a new folder beside those in `content/columns/`."""
    if fault := slug_fault(slug):
        yield fault
    for folder in sorted(folders):
        place = place_of(f"columns/{folder}/x.md")
        if place and place.slug == slug:
            yield f'slug "{slug}" is taken by content/columns/{folder}; choose another'


def drafts(
    slug: str,
    titles: Mapping[str, str],
    fields: Iterable[HeaderField],
    postscript_headings: Mapping[str, Sequence[str]],
    today: date,
    random: Random,
) -> dict[str, str]:
    """Return the text of each new file by its path below `content/`; all share one fresh id.

    A header whose value is known gets it, any other offered one of `fields` a placeholder;
    those that a column requires stand first.
    """
    known = {"id": _fresh_id(random), "date": today.isoformat(), "status": "draft"}
    ordered = sorted(
        (field for field in fields if "column" in field.kinds and field.offered),
        key=lambda field: "column" not in field.required,
    )
    files = {}
    for lang, title in titles.items():
        headers = _headers(ordered, known | {"title": title})
        files[f"columns/{today}-{slug}/{lang}.md"] = headers + _body(postscript_headings[lang][0])
    return files


def create(
    settings: Settings,
    fields: Iterable[HeaderField],
    slug: str,
    given_titles: Iterable[str],
    random: Random | None = None,
) -> int:
    """Write a new column's files below PATH, or nothing; print what was done or all faults.

    `fields` are the headers of all plugins; the day is that of NOW in TIMEZONE. Returns
    the exit status.
    """
    today = settings["NOW"].astimezone(ZoneInfo(settings["TIMEZONE"])).date()
    content = Path(settings["PATH"])
    columns = content / "columns"
    folders = [entry.name for entry in columns.iterdir()] if columns.is_dir() else []
    titles = read_titles(given_titles, settings["LANGUAGES"])
    if faults := [*slug_faults(slug, folders), *titles.faults]:
        print("\n".join(faults), file=sys.stderr)
        return 1
    headings = settings["POSTSCRIPT_HEADINGS"]
    files = drafts(slug, titles.by_language, fields, headings, today, random or SystemRandom())
    (columns / f"{today}-{slug}").mkdir(parents=True)
    for path, text in files.items():
        with (content / path).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        print(f"content/{path}")
    return 0


def _title_faults(lang: str, title: str, languages: Collection[str]) -> Iterator[str]:
    if lang not in languages:
        yield f"no language of this site; write one of {', '.join(languages)}"
    if is_blank(title):
        yield f"empty; write e.g. {lang}={TITLE.example}"
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in title):
        yield "a line break or another control character; write one line of text"
    if is_placeholder(title):
        yield "only 〈…〉, which marks a placeholder; write a title"
    if TITLE.check and (fault := TITLE.check(title)):
        yield fault


def _fresh_id(random: Random) -> str:
    first = random.choice(ascii_lowercase)
    return first + "".join(random.choices(ascii_lowercase + digits, k=9))


def _headers(fields: Iterable[HeaderField], known: Mapping[str, str]) -> str:
    values = {field.name: known.get(field.name.lower(), field.placeholder) for field in fields}
    return "".join(f"{name}: {value}\n" for name, value in values.items())


def _body(postscript_heading: str) -> str:
    return f"\n## {_HEADING}\n\n{_TEXT}\n\n## {postscript_heading}\n\n{_POSTSCRIPT}\n"
