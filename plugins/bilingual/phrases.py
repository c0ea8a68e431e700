"""The words of the user interface, one TOML file a language under `theme/strings/`.

Every file has the keys of the default language's file, and `language.<tag>`, the name of
every language of the site in its own words. A value is a text, a list of texts
(`dates.months`), or a table `{one = "…", other = "…"}` whose form the number `n` decides.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from bilingual.errors import PhraseError

_FORMS = frozenset({"one", "other"})


class Phrases:
    """One language's phrases by dotted key: `phrases("column.minutes", n=4)`."""

    def __init__(self, file: str, table: Mapping[str, Any]) -> None:  # Any: a text, list or forms
        self._file = file
        self._table = table

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a phrase with its placeholders filled in.

        Raises PhraseError for a key that no file has or a placeholder that nothing fills in.
        """
        try:
            phrase = self._table[key]
        except KeyError:
            raise PhraseError([f"{self._file}: {key} is missing"]) from None
        if isinstance(phrase, dict):
            phrase = phrase["one" if values["n"] == 1 else "other"]
        try:
            return str(phrase.format_map(values)) if values else str(phrase)
        except (KeyError, ValueError) as error:
            given = ", ".join(f"{{{name}}}" for name in values)
            fault = f'"{phrase}" cannot be filled in ({error}); there is {given}'
            raise PhraseError([f"{self._file}: {key}: {fault}"]) from None

    def choice(self, key: str, index: int) -> str:
        """Return one phrase of a list, counted from 0."""
        return str(self._table[key][index])

    def keys(self) -> frozenset[str]:
        """Return every key."""
        return frozenset(self._table)


def load_phrases(folder: Path, languages: Collection[str], default: str) -> dict[str, Phrases]:
    """Read every language's phrases. Raises PhraseError with all that is wrong in any file."""
    problems: list[str] = []
    tables: dict[str, dict[str, Any]] = {}
    for lang in languages:
        file = _file(lang)
        try:
            tables[lang] = dict(_flat(tomllib.loads((folder / f"{lang}.toml").read_text("utf-8"))))
        except FileNotFoundError:
            problems.append(f"{file}: no such file; copy {default}.toml and translate it")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"{file}: {error}")
    names = {f"language.{lang}": lang for lang in languages}
    for lang, table in tables.items():
        problems += _differences(_file(lang), table, tables.get(default, table), names)
    if problems:
        raise PhraseError(problems)
    return {lang: Phrases(_file(lang), table) for lang, table in tables.items()}


def _file(lang: str) -> str:
    return f"theme/strings/{lang}.toml"


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every phrase with its dotted key."""
    for name, value in table.items():
        if isinstance(value, dict) and not value.keys() <= _FORMS:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _differences(
    file: str, table: dict[str, Any], model: dict[str, Any], names: Mapping[str, str]
) -> Iterator[str]:
    """Yield what a language's table lacks or has too much beside the default language's.

    `names` are the keys of the languages' names, which each table must have.
    """
    for key in sorted((model.keys() | names.keys()) - table.keys()):
        if key in model:
            yield f'{file}: {key} is missing; elsewhere it is "{model[key]}"'
        else:
            yield f"{file}: {key} is missing; write the name of {names[key]} in this language"
    for key in sorted(table.keys() - model.keys() - names.keys()):
        yield f"{file}: {key} is not in the default language's file; is it misspelt?"
    for key, value in table.items():
        if isinstance(value, dict) and value.keys() != _FORMS:
            yield f'{file}: {key}: write both forms, {{ one = "…", other = "…" }}'
        elif isinstance(value, list) and len(value) != len(model.get(key, value)):
            yield f"{file}: {key} has {len(value)} phrases; there are {len(model[key])}"
