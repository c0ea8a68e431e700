"""The postscripts of each language as a feed, each leading to its column."""

from collections.abc import Iterator

from bilingual.model import Binder, Listing
from columns.model import Column, Library, Standing
from feeds.model import Entry, Feed


def feeds_of(library: Library, binder: Binder) -> Iterator[Feed]:
    """Yield a feed for each language, of the postscripts that exist in it."""
    found = {
        lang: [
            _entry(column, binder)
            for work in library.works
            if (column := work.versions.get(lang))
            and column.standing is Standing.PUBLISHED
            and column.portable_postscript is not None
        ]
        for lang in binder.languages
    }
    for lang, entries in found.items():
        title = binder.phrase(lang, "list.postscripts_feed")
        about = binder.phrase(lang, "list.postscripts_about")
        yield binder.feed(Listing(lang, ("postscripts",), title, about), entries, found)


def _entry(column: Column, binder: Binder) -> Entry:
    """Return a postscript as an entry; its footnotes are those at the column's end."""
    url = binder.absolute(column.url)
    own_ids = f'href="#{column.slug}-{column.lang}-'
    return Entry(
        id=binder.permanent_id("postscript", column.id, column.lang),
        title=column.title,
        url=f"{url}#postscript",
        lang=column.lang,
        published=column.date,
        updated=column.updated,
        summary=column.summary,
        content=(column.portable_postscript or "").replace(own_ids, f'href="{url}#'),
        author=binder.language(column.lang).author,
        source=f"content/{column.source}",
    )
