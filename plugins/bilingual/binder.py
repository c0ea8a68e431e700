"""Puts a page into the site: its phrases, navigation, language switch and head."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from bilingual import dates
from bilingual.addresses import Addresses
from bilingual.model import Head, Link, Listing, Moment, Place, Row
from bilingual.pairs import newer_original
from bilingual.phrases import Phrases
from bilingual.settings import Language, Site
from columns.model import Column, Standing, Work
from feeds.model import Alternate, Entry, Feed
from press.model import Sheet

NAVIGATION = ("columns", "topics", "postscripts", "about")
FOOTING = ("feeds", "privacy")
"""The pages every page leads to, above and below; each has a phrase `nav.<name>`, and its name
is its address. What other plugins add stands before the last one, above and below."""

WRITTEN = frozenset({"about", "privacy"})
"""Those of them that lie in `content/pages/` and exist in the languages they are written in."""

ICP_REGISTRY = "https://beian.miit.gov.cn/"
"""Where a site that is hosted in China has to link its number."""


class LanguageBinder:
    """The `Binder` of a build; made once, holds nothing that changes."""

    def __init__(
        self,
        site: Site,
        phrases: Mapping[str, Phrases],
        written: Container[tuple[str, str]],
        sections: Iterable[str] = (),
        offers: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Bind what `site` describes; `written` are language and slug of its static pages.

        `sections` are pages that other plugins add above, `offers` languages and pages below.
        """
        self._languages = site.languages
        self._phrases = phrases
        self._addresses = Addresses(site.siteurl)
        self._default = site.default_lang
        self._authority = site.tag_authority
        self._robots = "noindex" if site.noindex else None
        self._icp = site.icp_number and Link(ICP_REGISTRY, site.icp_number, "zh-Hans")
        self._written = written
        self._navigated = (*NAVIGATION[:-1], *sections, NAVIGATION[-1])
        self._offers = tuple(offers)
        self._frames = {lang: self._frame(lang) for lang in site.languages}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in the site's order."""
        return tuple(self._languages)

    def address(self, *parts: str) -> str:
        """Return the path of a page: `address("ja", "columns")` is `/ja/columns/`."""
        return self._addresses.path(*parts)

    def absolute(self, path: str) -> str:
        """Return a path of this site as a whole URL."""
        return self._addresses.absolute(path)

    def everywhere(self, lang: str, *parts: str) -> Place:
        """Return the place of a page that exists in every language."""
        return self.wherever(self._languages, lang, *parts)

    def wherever(self, languages: Container[str], lang: str, *parts: str) -> Place:
        """Return the place of a page that exists in `languages`, its own among them.

        Readers of any other language are led to the default one, or else to the first.
        """
        found = [other for other in self._languages if other in languages]
        alternates = {other: self.address(other, *parts) for other in found}
        default = self._default if self._default in alternates else found[0]
        return Place(lang, alternates[lang], alternates, alternates[default])

    def phrase(self, lang: str, key: str, **values: object) -> str:
        """Return a UI phrase."""
        return self._phrases[lang](key, **values)

    def language(self, lang: str) -> Language:
        """Return what the site is called in a language."""
        return self._languages[lang]

    def moment(self, when: datetime, lang: str, *, timed: bool) -> Moment:
        """Return a time in words, with its zone."""
        return dates.moment(self._phrases[lang], when, timed=timed)

    def outdated(self, work: Work, column: Column) -> dict[str, object] | None:
        """Return both dates of a translation whose original has changed since, or None.

        Where the days alone do not show which is older, times and zones do.
        """
        newer = newer_original(work, column)
        if newer is None:
            return None
        phrases = self._phrases[column.lang]
        timed = newer.date() <= column.updated.date()

        def told(when: datetime) -> Moment:
            if timed:
                return dates.moment(phrases, when, timed=True)
            return dates.day_only(phrases, when)

        return {
            "original": told(newer),
            "translation": told(column.updated),
            "link": Link(
                work.original.url,
                self._languages[work.original.lang].name,
                work.original.lang,
            ),
        }

    def row(self, column: Column, lang: str) -> Row:
        """Return a column as a list of `lang` shows it."""
        foreign = column.lang != lang
        held = column.standing is not Standing.PUBLISHED
        only = self.phrase(lang, "list.only", language=self.phrase(lang, f"language.{column.lang}"))
        return Row(
            url=column.url,
            title=Markup(column.title_html),  # noqa: S704  escaped where phrases are broken
            summary=column.summary,
            date=dates.day_only(self._phrases[lang], column.date),
            lang=column.lang if foreign else None,
            only=only if foreign else "",
            standing=self.phrase(lang, f"standing.{column.standing}") if held else "",
        )

    def sheet(
        self,
        place: Place,
        template: str,
        *,
        title: str,
        description: str,
        kind: str = "website",
        json_ld: Markup | None = None,
        robots: str | None = None,
        updated: datetime | None = None,
        **values: object,
    ) -> Sheet:
        """Return a page ready to be printed."""
        head = Head(
            title=title,
            description=description,
            canonical=self.absolute(place.url),
            alternates=self._alternates(place),
            kind=kind,
            json_ld=json_ld,
            robots=robots or self._robots,
            updated=updated,
        )
        shown = {
            **self._frames[place.lang],
            "head": head,
            "navigation": self._navigation(place),
            "switch": self._switch(place),
            **values,
        }
        return Sheet(self._addresses.file(place.url), template, shown)

    def permanent_id(self, *parts: str) -> str:
        """Return a `tag:` URI (RFC 4151) made of what never changes."""
        return f"tag:{self._authority}:{'/'.join(parts)}"

    def feed(self, listing: Listing, entries: Sequence[Entry], languages: Container[str]) -> Feed:
        """Return the feed of a list; `languages` are those that have the same one."""
        lang, parts = listing.lang, listing.parts

        def url(tag: str) -> str:
            return f"{self.absolute(self.address(tag, *parts))}feed"

        site = self._languages[lang]
        return Feed(
            id=self.permanent_id("feed", lang, *parts),
            file="/".join((lang, *parts, "feed")),
            url=url(lang),
            home=self.absolute(self.address(lang, *(listing.home or parts))),
            title=f"{site.site_name} – {listing.title}",
            subtitle=listing.about,
            lang=lang,
            author=site.author,
            entries=tuple(entries),
            alternates=tuple(
                Alternate(other, url(other))
                for other in self._languages
                if other != lang and other in languages
            ),
            main=listing.main,
        )

    def _frame(self, lang: str) -> dict[str, object]:
        """Return what every page of a language shows alike."""
        offers = (name for language, name in self._offers if language == lang)
        footing = [
            Link(self.address(lang, name), self.phrase(lang, f"nav.{name}"))
            for name in (*FOOTING[:-1], *offers, FOOTING[-1])
            if self._exists(lang, name)
        ]
        return {
            "lang": lang,
            "t": self._phrases[lang],
            "site": self._languages[lang],
            "home": self.address(lang),
            "feeds": (),
            "icp": self._icp,
            "footing": [*footing, self._icp] if self._icp else footing,
        }

    def _exists(self, lang: str, name: str) -> bool:
        return name not in WRITTEN or (lang, name) in self._written

    def _navigation(self, place: Place) -> list[Link]:
        """Return the main pages, with a mark on the one that this is or lies below."""
        links = []
        for name in (name for name in self._navigated if self._exists(place.lang, name)):
            url = self.address(place.lang, name)
            below = "true" if place.url.startswith(url) else ""
            current = "page" if place.url == url else below
            links.append(Link(url, self.phrase(place.lang, f"nav.{name}"), current=current))
        return links

    def _alternates(self, place: Place) -> tuple[Alternate, ...]:
        """Return every language's address, the page itself included, and x-default."""
        found = [
            Alternate(lang, self.absolute(place.alternates[lang]))
            for lang in self._languages
            if lang in place.alternates
        ]
        if place.x_default is not None:
            found.append(Alternate("x-default", self.absolute(place.x_default)))
        return tuple(found)

    def _switch(self, place: Place) -> list[Link]:
        """Return the way to each other language: the same page, or else its list of columns."""
        return [
            Link(place.alternates[lang], language.name, lang)
            if lang in place.alternates
            else Link(self.address(lang, "columns"), self.phrase(lang, "switch.missing"), lang)
            for lang, language in self._languages.items()
            if lang != place.lang
        ]
