"""`content/topics.toml`: a topic's slug and its name in each language."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bilingual.errors import TopicError

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

MAX_TOPICS = 3
"""Of a column: one under every topic is found under none."""


def topics_in(value: str) -> tuple[str, ...]:
    """Return the slugs of a `Tags:` header, which commas separate."""
    return tuple(slug for part in value.split(",") if (slug := part.strip()))


def load_topics(path: Path, languages: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """Return topic slug → language → name, in the file's order. Raises TopicError."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TopicError([f"content/{path.name}: {error}"]) from error
    problems: list[str] = []
    for slug, names in table.items():
        where = f"content/{path.name}: [{slug}]"
        if not _SLUG.fullmatch(slug):
            problems.append(f"{where}: a slug is a-z, 0-9 and hyphens, as in submarine-cables")
        if not isinstance(names, dict):
            problems.append(f'{where}: is no table; write [{slug}] and below it en = "…"')
            continue
        problems += (f"{where}: {fault}" for fault in _faults(names, languages))
    if problems:
        raise TopicError(problems)
    return table


def _faults(names: Mapping[str, object], languages: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with a topic's names; each language needs one, and no other has any."""
    for lang in languages:
        name = names.get(lang, "")
        if not isinstance(name, str):
            yield f'{lang}: {name} is no text; write {lang} = "…"'
        elif not name.strip():
            yield f'has no name in {lang}; write {lang} = "…"'
    for lang in names:
        if lang not in languages:
            known = ", ".join(languages)
            yield f'"{lang}" is not a language of this site; they are {known}'
