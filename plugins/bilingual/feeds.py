"""The columns of each language as feeds: all of them, and each topic's."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bilingual.model import Binder, Listing
from columns.model import Column, Library, Standing, Work
from feeds.model import Alternate, Category, Entry, Feed

Topics = Mapping[str, Mapping[str, str]]
"""A topic's slug → language → name."""


def feeds_of(library: Library, topics: Topics, binder: Binder) -> Iterator[Feed]:
    """Yield each language's feeds; what lacks the language or is held back is in none."""
    by_topic: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    everything: dict[str, list[Entry]] = {lang: [] for lang in binder.languages}
    for work in library.works:
        for column in work.versions.values():
            if column.standing is Standing.PUBLISHED:
                entry = _entry(column, work, topics, binder)
                everything[column.lang].append(entry)
                for category in entry.categories:
                    by_topic[category.term][column.lang].append(entry)
    for lang, entries in everything.items():
        yield binder.feed(_main_listing(lang, binder), entries, everything)
    for slug in filter(by_topic.__contains__, topics):
        for lang, entries in by_topic[slug].items():
            name = topics[slug][lang]
            about = binder.phrase(lang, "list.topic_feed_about", topic=name)
            listing = Listing(lang, ("topics", slug), name, about)
            yield binder.feed(listing, entries, by_topic[slug])


def main_feeds(binder: Binder) -> list[Feed]:
    """Return the feed of all columns of each language, which every page announces, unfilled."""
    languages = binder.languages
    return [binder.feed(_main_listing(lang, binder), (), languages) for lang in languages]


def _main_listing(lang: str, binder: Binder) -> Listing:
    title = binder.phrase(lang, "list.columns")
    about = binder.phrase(lang, "list.columns_about", site=binder.language(lang).site_name)
    return Listing(lang, (), title, about, home=("columns",), main=True)


def _entry(column: Column, work: Work, topics: Topics, binder: Binder) -> Entry:
    """Return a column as an entry; its id is made of what never changes."""
    lang = column.lang
    return Entry(
        id=binder.permanent_id("column", column.id, lang),
        title=column.title,
        url=binder.absolute(column.url),
        lang=lang,
        published=column.date,
        updated=column.updated,
        summary=column.summary,
        content=_content(column, binder.phrase(lang, "column.postscript")),
        author=binder.language(lang).author,
        categories=tuple(Category(slug, topics[slug][lang]) for slug in column.topics),
        alternates=tuple(
            Alternate(other.lang, binder.absolute(other.url))
            for other in work.versions.values()
            if other is not column
        ),
        source=f"content/{column.source}",
    )


def _content(column: Column, heading: str) -> str:
    """Return the whole column, its postscript set apart as on its page."""
    if column.portable_postscript is None:
        return column.portable_body
    apart = f"<hr>\n<h2>{heading}</h2>\n{column.portable_postscript}"
    return f"{column.portable_body}\n{apart}"
