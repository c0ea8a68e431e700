"""Incidents and planned maintenance as people write them: Markdown, a folder for each.

`content/status/incidents/<date>-<slug>/<language>.md` is a text like any other of the site,
headers first, and then only dated updates:

    Title: 大連方面の損失
    Routes: tokyo-dalian, dalian-tokyo
    Severity: degraded
    Started: 2026-11-16 21:10 +0900
    Resolved: 2026-11-16 23:40 +0900
    Columns: one-percent

    ## 2026-11-16 21:30 +0900 investigating

    調べています。

The severity is degraded, outage or maintenance; `Resolved` is left out while nobody knows,
and is the planned end of maintenance. `Columns` names columns that explain more. Headers other
than the title are the same in all languages; an update belongs to that of the same time in
another language.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from columns.source import Header, Place, parse_date
from lint.model import Problem, why_unreadable
from network_status.errors import IncidentError
from network_status.incidents import CLOSING, PLANNED, Report, Stage, Update
from network_status.model import Notice, State

FOLDER = "status/incidents"
_PLACE = re.compile(
    rf"{FOLDER}/(?P<date>\d{{4}}-\d{{2}}-\d{{2}})-(?P<slug>[a-z0-9-]+)/(?P<lang>[A-Za-z-]+)\.md"
)
_HEADER = re.compile(r"(?P<name>[A-Za-z]+):\s*(?P<value>.*)")
_UPDATE = re.compile(r"## +(?P<when>[0-9: +-]+(?:Z|[+-]\d{2}:?\d{2})) +(?P<stage>[a-z-]+) *")

TITLE, ROUTES, SEVERITY, STARTED, RESOLVED, COLUMNS = (
    "title",
    "routes",
    "severity",
    "started",
    "resolved",
    "columns",
)
_NEEDED = (TITLE, ROUTES, SEVERITY, STARTED)
_SEVERITIES = {state.value: state for state in (State.DEGRADED, State.OUTAGE, State.MAINTENANCE)}


@dataclass(frozen=True, slots=True)
class _Text:
    path: str
    slug: str
    lang: str
    headers: Mapping[str, Header]
    updates: tuple[tuple[int, Stage, str], ...]


def owns(path: str) -> Place | None:
    """Return the place of an incident's text, or None for any other path below `content/`."""
    place = _PLACE.fullmatch(path)
    return Place(place["date"], place["slug"], place["lang"]) if place else None


def text_path(slug: str, lang: str) -> str:
    """Return where a report's text in a language lies below `content/`."""
    return f"{FOLDER}/{slug}/{lang}.md"


def load(content: Path, routes: Iterable[str], languages: Sequence[str]) -> tuple[Report, ...]:
    """Read all reports, newest first. Raises IncidentError with every fault."""
    reports, faults = read(content, routes, languages)
    if faults:
        raise IncidentError(map(str, faults))
    return reports


def read(
    content: Path, routes: Iterable[str], languages: Sequence[str]
) -> tuple[tuple[Report, ...], tuple[Problem, ...]]:
    """Return the reports that are whole, newest first, and every fault of any file."""
    faults: list[Problem] = []
    folders: dict[str, list[_Text]] = {}
    for file in sorted((content / FOLDER).glob("*/*.md")):
        path = file.relative_to(content).as_posix()
        if unreadable := why_unreadable(content, path):
            faults.append(unreadable)
            continue
        text = _parsed(path, file.read_text("utf-8-sig"), languages, faults.append)
        if text is not None:
            folders.setdefault(text.slug, []).append(text)
    known = frozenset(routes)
    found = (_report(texts, known, languages, faults.append) for texts in folders.values())
    reports = sorted(filter(None, found), key=lambda report: (-report.notice.started, report.slug))
    return tuple(reports), tuple(faults)


# --- One file ---------------------------------------------------------------------------------

_Note = Callable[[Problem], None]


def _parsed(path: str, text: str, languages: Sequence[str], note: _Note) -> _Text | None:
    place = _PLACE.fullmatch(path)
    if place is None or place["lang"] not in languages:
        files = " or ".join(f"{lang}.md" for lang in languages)
        note(
            Problem(path, 1, f"no place for a text; write {FOLDER}/2026-11-16-dalian-loss/{files}")
        )
        return None
    lines = text.removesuffix("\n").split("\n")
    headers: dict[str, Header] = {}
    for number, line in enumerate(lines, 1):
        found = _HEADER.fullmatch(line)
        if found is None:
            break
        name = found["name"].lower()
        headers[name] = Header(name, found["value"].strip(), number)
    updates = tuple(_updates(path, lines, len(headers) + 1, note))
    return _Text(path, f"{place['date']}-{place['slug']}", place["lang"], headers, updates)


def _updates(
    path: str, lines: Sequence[str], first: int, note: _Note
) -> Iterator[tuple[int, Stage, str]]:
    """Yield time, stage and text of each update; what stands before the first is a fault."""
    starts = [n for n, line in enumerate(lines) if n >= first - 1 and line.startswith("## ")]
    if any(line.strip() for line in lines[first - 1 : starts[0] if starts else None]):
        example = '"## 2026-11-16 21:30 +0900 investigating"'
        note(
            Problem(path, first, f"text outside an update; put a heading like {example} before it")
        )
    for start, end in pairwise([*starts, len(lines)]):
        heading = _UPDATE.fullmatch(lines[start])
        at = _time(heading["when"]) if heading else None
        if heading is None or at is None or heading["stage"] not in set(Stage):
            stages = ", ".join(Stage)
            cure = f"write ## 2026-11-16 21:30 +0900 and one of {stages}"
            note(Problem(path, start + 1, f'"{lines[start]}" is no update\'s heading; {cure}'))
        else:
            yield at, Stage(heading["stage"]), "\n".join(lines[start + 1 : end]).strip()


def _time(text: str) -> int | None:
    when = parse_date(text)
    return int(when.timestamp()) if when and when.tzinfo else None


# --- One folder -------------------------------------------------------------------------------


def _report(
    texts: Sequence[_Text], routes: frozenset[str], languages: Sequence[str], note: _Note
) -> Report | None:
    """Join the languages of a folder; None where a fault leaves nothing to show."""
    texts = sorted(texts, key=lambda text: languages.index(text.lang))
    faults = [fault for text in texts for fault in _faults(text, texts[0], routes)]
    faults += _closing_faults(texts)
    for fault in faults:
        note(fault)
    if faults:
        return None
    headers = texts[0].headers
    severity = _SEVERITIES[headers[SEVERITY].value]
    ended = _time(headers[RESOLVED].value) if RESOLVED in headers else None
    notice = Notice(
        texts[0].slug,
        frozenset(_list(headers[ROUTES].value)),
        severity,
        _time(headers[STARTED].value) or 0,
        ended,
    )
    return Report(
        slug=texts[0].slug,
        notice=notice,
        titles={text.lang: text.headers[TITLE].value for text in texts},
        updates=tuple(_paired(texts)),
        columns=tuple(_list(headers[COLUMNS].value)) if COLUMNS in headers else (),
    )


def _paired(texts: Sequence[_Text]) -> Iterator[Update]:
    stages: dict[int, Stage] = {}
    said: dict[int, dict[str, str]] = {}
    for text in texts:
        for at, stage, words in text.updates:
            stages.setdefault(at, stage)
            said.setdefault(at, {})[text.lang] = words
    for at in sorted(stages):
        yield Update(at, stages[at], said[at])


def _faults(text: _Text, first: _Text, routes: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with a file; `first` is the folder's other language or itself."""
    values = {name: header.value for name, header in text.headers.items()}
    for name, message in _header_faults(values, routes):
        yield _of_header(text, name, message)
    if not text.updates:
        yield Problem(text.path, 1, "has no update; nobody could read what happened")
    for name in (ROUTES, SEVERITY, STARTED, RESOLVED, COLUMNS):
        other = first.headers.get(name)
        if values.get(name, "") != (other.value if other else ""):
            message = f"is not that of content/{first.path}; write the same"
            yield _of_header(text, name, message)
    yield from _times_faults(text, values)


def _of_header(text: _Text, name: str, message: str) -> Problem:
    header = text.headers.get(name)
    return Problem(text.path, header.line if header else 1, f"{name.capitalize()}: {message}")


def _header_faults(values: Mapping[str, str], routes: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the name of each header that is wrong, and how."""
    for name in values.keys() - {*_NEEDED, RESOLVED, COLUMNS}:
        yield name, "is no header of an incident; delete it"
    for name in _NEEDED:
        if not values.get(name):
            yield name, "is missing; every incident has one"
    for route in _list(values.get(ROUTES, "")):
        if route not in routes:
            yield ROUTES, f'"{route}" is no route of content/status/network.toml'
    if values.get(SEVERITY, State.OUTAGE) not in _SEVERITIES:
        yield SEVERITY, f'"{values[SEVERITY]}"; write one of {", ".join(_SEVERITIES)}'
    for name in (STARTED, RESOLVED):
        if values.get(name) and _time(values[name]) is None:
            yield name, f'"{values[name]}" is no time; write e.g. 2026-11-16 21:10 +0900'


def _times_faults(text: _Text, values: Mapping[str, str]) -> Iterator[Problem]:
    started, ended = (_time(values.get(name, "")) for name in (STARTED, RESOLVED))
    if started and ended and ended <= started:
        yield Problem(text.path, 1, "Resolved: is not after Started")
    if values.get(SEVERITY) == State.MAINTENANCE:
        if ended is None:
            yield Problem(text.path, 1, "Resolved: is missing; maintenance has a planned end")
        wrong = [stage for _, stage, _ in text.updates if stage not in PLANNED]
    else:
        wrong = [stage for _, stage, _ in text.updates if stage in PLANNED]
    for stage in wrong:
        yield Problem(text.path, 1, f'"{stage}" does not go with Severity: {values.get(SEVERITY)}')
    times = [at for at, _, _ in text.updates]
    if times != sorted(set(times)):
        yield Problem(text.path, 1, "updates stand oldest first, each at a time of its own")


def _closing_faults(texts: Sequence[_Text]) -> Iterator[Problem]:
    """Yield where the end that is written and what updates say of it do not agree.

    An update is said in one language at least; what the others lack they show from there.
    """
    path, headers = texts[0].path, texts[0].headers
    if SEVERITY in headers and headers[SEVERITY].value == State.MAINTENANCE:
        return
    closed = any(update.stage in CLOSING for update in _paired(texts))
    if closed and RESOLVED not in headers:
        yield Problem(path, 1, "Resolved: is missing, and an update says resolved")
    if RESOLVED in headers and not closed:
        yield Problem(path, 1, "no update says resolved; who follows it must hear of it")


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
