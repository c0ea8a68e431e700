"""What the lint asks of languages, topics and old addresses."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

from bilingual.addresses import Addresses
from bilingual.aliases import alias_fault, aliases_in
from bilingual.errors import BilingualError
from bilingual.offered import addresses_of, old_addresses_of
from bilingual.topics import MAX_TOPICS, load_topics, topics_in
from columns.source import Source
from lint.model import Content, HeaderField, Problem, Rules, Settings, line_in_toml

_BOTH = frozenset({"column", "page"})


def _true_only(value: str) -> str | None:
    return None if value.lower() == "true" else f'"{value}" is no value for it; write true'


HEADERS = (
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
        name="Aliases",
        meaning="addresses that the column once had and that lead to it now, with commas",
        example="/ja/2014/cable.html",
        check=alias_fault,
        offered=False,
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
)


def lint_rules(settings: Settings) -> Rules:
    """A text lies in a language of the site, and its headers agree with its folder."""
    languages = tuple(settings["LANGUAGES"])
    each: list[Callable[[Source], Iterable[Problem]]]
    overall: list[Callable[[Content], Iterable[Problem]]]
    each, overall = (
        [partial(check_language, languages), check_path],
        [check_aliases, check_tags_agree],
    )
    try:
        topics = load_topics(Path(settings["PATH"], "topics.toml"), languages)
    except BilingualError as error:
        overall.append(partial(report_topics, str(error)))
    else:
        each.append(partial(check_topics, topics))
    offer = partial(addresses_of, languages, settings["DEFAULT_LANG"])
    return Rules(HEADERS, tuple(each), tuple(overall), addresses=(offer, old_addresses_of))


def check_language(languages: Sequence[str], source: Source) -> Iterable[Problem]:
    """Refuse a text in a language that the site does not have."""
    if source.place.lang not in languages:
        yield Problem(source.path, 1, unknown_language(source.place.lang, languages))


def check_topics(topics: Mapping[str, object], source: Source) -> Iterable[Problem]:
    """Refuse a topic that has no name or stands twice, and more topics than help a reader."""
    given = Counter(topics_in(source.value("tags")))
    line = source.line_of("tags")
    for slug, times in given.items():
        if slug not in topics:
            yield Problem(source.path, line, unknown_topic(slug, topics))
        if times > 1:
            yield Problem(source.path, line, f'Tags: "{slug}" is given twice; keep one')
    if len(given) > MAX_TOPICS:
        message = f"Tags: {len(given)} topics are too many; keep the {MAX_TOPICS} it is most about"
        yield Problem(source.path, line, message)


def unknown_language(lang: str, languages: Iterable[str]) -> str:
    """Say that the site lacks a language."""
    files = " or ".join(f"{known}.md" for known in languages)
    return f'"{lang}" is not a language of this site; name the file {files}'


def unknown_topic(slug: str, topics: Iterable[str]) -> str:
    """Say that a topic has no name."""
    known = ", ".join(topics)
    cure = f"write one of {known}, or add [{slug}] there" if known else f"add [{slug}] there"
    return f'Tags: "{slug}" is not in content/topics.toml; {cure} with a name per language'


def check_path(source: Source) -> Iterable[Problem]:
    """Hold `Lang` and `Slug` to what the path says."""
    for name, place in (("lang", source.place.lang), ("slug", source.place.slug)):
        header = source.header(name)
        if header and header.value != place:
            yield Problem(
                source.path,
                header.line,
                f'{name.capitalize()}: "{header.value}" disagrees with the path, which says'
                f' "{place}"; leave the line out',
            )


def check_aliases(content: Content) -> Iterable[Problem]:
    """Refuse an old address that a page has now, or that two texts claim."""
    file_of = Addresses("").file
    texts = {file_of(_address(source)): source for source in content.sources}
    offers = tuple(offer for offer in content.offers if offer is not old_addresses_of)
    lists = set(map(file_of, replace(content, offers=offers).addresses())) - texts.keys()
    for source in content.sources:
        for alias in aliases_in(source.value("aliases")):
            owner = texts.setdefault(file_of(alias), source)
            taken = owner is not source or file_of(alias) == file_of(_address(source))
            if taken or file_of(alias) in lists:
                whose = f"content/{owner.path}" if taken else "a list or a file of this site"
                message = f'Aliases: "{alias}" is the address of {whose} already'
                yield Problem(source.path, source.line_of("aliases"), message)


def check_tags_agree(content: Content) -> Iterable[Problem]:
    """Hold a column's languages to the same topics, as each has its page in every language."""
    written = (s for s in content.sources if s.is_column and s.value("status").lower() != "draft")
    for _, versions in groupby(written, key=lambda source: source.folder):
        first, *others = versions
        tags = first.value("tags")
        for other in others:
            if set(topics_in(other.value("tags"))) != set(topics_in(tags)):
                given = other.value("tags") or "none"
                message = (
                    f"Tags: {given}, but {tags or 'none'} in content/{first.path};"
                    " write the same in all languages"
                )
                yield Problem(other.path, other.line_of("tags"), message)


def report_topics(faults: str, content: Content) -> Iterable[Problem]:
    """Say what is wrong with the table of topics, once and not for every text."""
    text = (content.root / "topics.toml").read_text("utf-8", errors="replace")
    for fault in faults.splitlines():
        message = fault.partition(": ")[2]
        yield Problem("topics.toml", line_in_toml(text, message), message)


def _address(source: Source) -> str:
    return Addresses("").path(*source.place.address)
