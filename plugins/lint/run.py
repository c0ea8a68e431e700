"""Everything wrong in `content/` at once, by the rules of all plugins."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from columns.source import Place, place_of, read, read_at
from lint.build import load_settings
from lint.files import check_characters, check_name, paths_below
from lint.headers import check_headers, check_placeholders, registry_of
from lint.model import (
    Content,
    Problem,
    Rules,
    Settings,
    asked,
    visible,
    why_unreadable,
    without_placeholders,
)


def main(settings_file: str) -> int:
    """Lint the content that a settings file names; print the result, return the exit status."""
    settings = load_settings(settings_file)
    problems = check(Path(settings["PATH"]), settings)
    print(report(problems), file=sys.stderr)
    return 1 if problems else 0


def check(content: Path, settings: Settings) -> list[Problem]:
    """Return all problems below `content`, sorted by place, by the rules of all PLUGINS.

    A rule that stumbles over one file is a problem of that file, and the others are checked.
    Raises FileNotFoundError where `content` is missing.
    """
    return sorted(set(examine(content, rules_of(settings))))


def rules_of(settings: Settings) -> Rules:
    """Join what every plugin in PLUGINS returns from its `lint_rules`, if it has one."""
    modules = (import_module(name) for name in settings["PLUGINS"])
    parts: list[Rules] = [m.lint_rules(settings) for m in modules if hasattr(m, "lint_rules")]
    return Rules(
        headers=tuple(field for part in parts for field in part.headers),
        each=tuple(rule for part in parts for rule in part.each),
        overall=tuple(rule for part in parts for rule in part.overall),
        owns=tuple(claim for part in parts for claim in part.owns),
        addresses=tuple(offer for part in parts for offer in part.addresses),
    )


def examine(root: Path, rules: Rules) -> Iterator[Problem]:
    """Yield the problems of files, of their headers, and those that the rules find."""
    registry = registry_of(rules.headers)
    sources, notices = [], []
    for path in paths_below(root):
        if unreadable := why_unreadable(root, path):
            yield unreadable
            continue
        owned = _owned(path, rules)
        if owned is None:
            yield from check_name(path)
        yield from check_characters(root, path)
        if owned:
            notices.append(read_at(root, path, owned))
        elif place_of(path):
            sources.append(read(root, path))
    for source in sources:
        yield from check_headers(source, registry)
        yield from check_placeholders(source, registry)
    said = tuple(map(without_placeholders, sources))
    yield from _by_rules(Content(root, said, rules.addresses, tuple(notices)), rules)


def _owned(path: str, rules: Rules) -> Place | None:
    """Return the place of a text that some plugin reads itself."""
    return next((place for claims in rules.owns if (place := claims(path))), None)


def report(problems: Sequence[Problem]) -> str:
    """Return a line for each problem, then one with their number."""
    noun = "problem" if len(problems) == 1 else "problems"
    lines = [visible(str(problem)) for problem in problems]
    return "\n".join([*lines, f"{len(problems)} {noun} in content/"])


def _by_rules(content: Content, rules: Rules) -> Iterator[Problem]:
    for source in content.sources:
        for rule in rules.each:
            yield from asked(rule, source)
    for overall in rules.overall:
        yield from _asked_of_all(overall, content)


def _asked_of_all(
    rule: Callable[[Content], Iterable[Problem]], content: Content
) -> Iterator[Problem]:
    """Yield what a rule for all texts finds; that it broke off is a problem of the folder."""
    try:
        yield from rule(content)
    except Exception as error:  # noqa: BLE001  one rule must not hide what the others find
        fault = f"the texts cannot be compared: {type(error).__name__}: {error}"
        yield Problem(".", 1, fault)
