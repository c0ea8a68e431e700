"""What the lint asks of languages and topics."""

from collections.abc import Callable, Iterable
from pathlib import Path

from bilingual.errors import BilingualError
from bilingual.topics import load_topics
from columns.source import Source
from lint.model import Content, HeaderField, Problem, Rules, Settings

_BOTH = frozenset({"column", "page"})


def _true_only(value: str) -> str | None:
    return None if value.lower() == "true" else f'"{value}" is no value for it; write true'


def lint_rules(settings: Settings) -> Rules:
    """A text lies in a language of the site, and its headers agree with its folder."""
    languages = tuple(settings["LANGUAGES"])
    topics_file = Path(settings["PATH"], "topics.toml")
    try:
        topics, broken = load_topics(topics_file, languages), None
    except BilingualError as error:
        topics, broken = {}, error

    def known_language(source: Source) -> Iterable[Problem]:
        if source.place.lang not in languages:
            yield Problem(
                source.path,
                1,
                f'"{source.place.lang}" is not a language of this site;'
                f" name the file {' or '.join(f'{lang}.md' for lang in languages)}",
            )

    def known_topics(source: Source) -> Iterable[Problem]:
        for slug in filter(None, (tag.strip() for tag in source.value("tags").split(","))):
            if broken is None and slug not in topics:
                yield Problem(
                    source.path,
                    source.line_of("tags"),
                    f'Tags: "{slug}" is not in content/topics.toml; write one of'
                    f" {', '.join(topics)}, or add [{slug}] there with a name per language",
                )

    def readable_topics(content: Content) -> Iterable[Problem]:  # noqa: ARG001  a rule's form
        for line in str(broken or "").splitlines():
            yield Problem(topics_file.name, 1, line.partition(": ")[2])

    return Rules(
        headers=(
            HeaderField(
                name="Tags",
                meaning="one to three topics of content/topics.toml, with commas between them",
                example="submarine-cables, routing",
            ),
            HeaderField(
                name="Translation",
                meaning="true, where this is a translation and another language the original",
                example="true",
                check=_true_only,
            ),
            HeaderField(
                name="Lang",
                meaning="the file's name says it; where written it must agree",
                example="ja",
                kinds=_BOTH,
                offered=False,
            ),
            HeaderField(
                name="Slug",
                meaning="the folder's name says it; where written it must agree",
                example="cable-fault",
                kinds=_BOTH,
                offered=False,
            ),
        ),
        each=(known_language, known_topics, *map(_agrees, ("lang", "slug"))),
        overall=(readable_topics,),
    )


def _agrees(name: str) -> Callable[[Source], Iterable[Problem]]:
    """Return the rule that a header says what the path says."""

    def agrees(source: Source) -> Iterable[Problem]:
        header, place = source.header(name), getattr(source.place, name)
        if header and header.value != place:
            yield Problem(
                source.path,
                header.line,
                f'{name.capitalize()}: "{header.value}" disagrees with the path, which says'
                f' "{place}"; leave the line out',
            )

    return agrees
