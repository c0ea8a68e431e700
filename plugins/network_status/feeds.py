"""The status as feeds: all of it, and each route's, in every language.

An entry is one thing that happened and stays as it is: an update of a report, the begin and
the end of planned work, a measured change of state. Closing ones are entries like any other.
Of an unstable time (status rule 7) only its beginning, whatever is worse than all before, and
its end are told: a reader hears of a flapping route, and not of each flap.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from html import escape

from bilingual.model import Binder, Listing
from feeds.model import Category, Entry, Feed
from network_status.changes import Unrest, unrests
from network_status.incidents import Report
from network_status.model import Event, State, worst
from network_status.picture import Picture, RoutePicture
from network_status.words import Words
from network_status.zones import JAPAN


def feeds_of(
    picture: Picture, words: Mapping[str, Words], binder: Binder, bodies: Mapping[str, str]
) -> Iterator[Feed]:
    """Yield each language's feeds; `bodies` is the HTML of each update's Markdown.

    The feed of all has the measured events of key routes only, that of a route all of its own.
    """
    for lang, said in words.items():
        teller = _Teller(picture, said, binder, bodies)
        everything = [entry for report in picture.reports for entry in teller.report(report)]
        changes = {route.route.id: [*teller.events(route)] for route in picture.routes}
        key = (route.route.id for route in picture.routes if route.route.key)
        everything += [entry for route in key for entry in changes[route]]
        listing = Listing(lang, ("status",), said.say("feed_title"), said.say("feed_about"))
        yield binder.feed(listing, everything, binder.languages)
        for route in picture.routes:
            name = said.name(route.route.name)
            own = [
                entry
                for report in picture.reports_of(route.route.id)
                for entry in teller.report(report)
            ]
            listing = Listing(
                lang,
                ("status", route.route.id),
                said.say("feed_route", route=name),
                said.say("feed_route_about", route=name),
            )
            yield binder.feed(listing, [*own, *changes[route.route.id]], binder.languages)


class _Teller:
    """Makes entries in one language."""

    def __init__(
        self, picture: Picture, words: Words, binder: Binder, bodies: Mapping[str, str]
    ) -> None:
        self._now = picture.now
        self._words = words
        self._binder = binder
        self._bodies = bodies

    def report(self, report: Report) -> Iterator[Entry]:
        """Yield an entry for each update, and for the times of a plan that have come."""
        lang = self._words.lang
        title, _ = self._words.title_of(report)
        url = self._url("incidents", report.slug)
        for update in report.known(self._now):
            text, foreign = self._words.text_in(update.texts)
            stage = self._words.say(f"stage.{update.stage}")
            body = self._bodies[text]
            yield self._entry(
                ("incident", report.slug, str(update.at), lang),
                self._words.say("entry_report", title=title, stage=stage),
                f"{url}#u{report.updates.index(update) + 1}",
                update.at,
                self._marked(body, foreign),
                report.notice.severity,
            )
        if report.notice.severity is State.MAINTENANCE:
            yield from self._plan(report, title, url)

    def events(self, route: RoutePicture) -> Iterator[Entry]:
        """Yield an entry for each measured change of a route's state, and for unstable times."""
        known = [event for event in route.events if event.at <= self._now]
        rocking = unrests(known)
        silent = {event.at for unrest in rocking for event in unrest.rest}
        yield from (self._event(event, route) for event in known if event.at not in silent)
        for unrest in rocking:
            yield from self._unrest(unrest, route)

    def _event(self, event: Event, route: RoutePicture) -> Entry:
        name = self._words.name(route.route.name)
        before, state, change = self._words.change(event)
        moment = self._words.moment(event.at)
        text = self._words.say(
            "entry_event_text", moment=moment, route=name, before=before, state=state
        )
        title = self._words.say("entry_event", route=name, change=change)
        return self._measured(("event", route.route.id, str(event.at)), title, text, event, route)

    def _unrest(self, unrest: Unrest, route: RoutePicture) -> Iterator[Entry]:
        """Yield what is told of an unstable time: it began, it got worse, it is over."""
        opening, *later = unrest.rest
        yield self._turn(unrest, "unstable", opening, route)
        seen = worst(event.state for event in (*unrest.told, opening))
        for event in later:
            if event.state.severity > seen.severity:
                seen = event.state
                yield self._turn(unrest, f"worse-{event.state}", event, route)
        if unrest.calm_at <= self._now:
            last = replace(unrest.rest[-1], at=unrest.calm_at)
            yield self._turn(unrest, "calm", last, route)

    def _turn(self, unrest: Unrest, name: str, event: Event, route: RoutePicture) -> Entry:
        """Return a turn of an unstable time; the id is that of its beginning and of the turn."""
        values = {
            "route": self._words.name(route.route.name),
            "state": self._words.state(event.state, event.reason),
            "began": self._words.moment(unrest.began),
            "moment": self._words.moment(event.at),
            "last": self._words.moment(unrest.rest[-1].at),
        }
        phrase = f"entry_{name.partition('-')[0]}"
        title = self._words.say(phrase, **values)
        text = self._words.say(f"{phrase}_text", **values)
        key = ("unstable", route.route.id, str(unrest.began), name)
        return self._measured(key, title, text, event, route)

    def _measured(
        self, key: tuple[str, ...], title: str, text: str, event: Event, route: RoutePicture
    ) -> Entry:
        return self._entry(
            (*key, self._words.lang),
            title,
            self._url(route.route.id),
            event.at,
            f"<p>{escape(text)}</p>",
            event.state,
        )

    def _plan(self, report: Report, title: str, url: str) -> Iterable[Entry]:
        notice = report.notice
        until = self._words.moment(notice.ended) if notice.ended else ""
        for name, at in (("begins", notice.started), ("ends", notice.ended)):
            if at is not None and at <= self._now:
                said = self._words.say(f"entry_{name}", title=title, until=until)
                yield self._entry(
                    ("incident", report.slug, name, self._words.lang),
                    said,
                    url,
                    at,
                    f"<p>{escape(said)}</p>",
                    notice.severity,
                )

    def _entry(  # what never changes, then what it says
        self, key: tuple[str, ...], title: str, url: str, at: int, content: str, state: State
    ) -> Entry:
        when = datetime.fromtimestamp(at, JAPAN)
        lang = self._words.lang
        return Entry(
            id=self._binder.permanent_id("status", *key),
            title=title,
            url=url,
            lang=lang,
            published=when,
            updated=when,
            summary=title,
            content=content,
            author=self._binder.language(lang).author,
            categories=(Category(state.value, self._words.state(state)),),
        )

    def _marked(self, body: str, foreign: str | None) -> str:
        """Return a text with its language where that is not the feed's."""
        if foreign is None:
            return body
        language = self._binder.phrase(self._words.lang, f"language.{foreign}")
        mark = escape(self._words.say("untranslated", language=language))
        return f'<p>{mark}</p><div lang="{foreign}">{body}</div>'

    def _url(self, *parts: str) -> str:
        return self._binder.absolute(self._binder.address(self._words.lang, "status", *parts))
