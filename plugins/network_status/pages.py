"""The pages of the status in every language, as sheets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from markupsafe import Markup

from bilingual.model import Binder, Link, Moment
from bilingual.model import Row as ColumnRow
from network_status.drawings import Draughtsman, RouteDrawings
from network_status.incidents import CLOSING, Report
from network_status.model import DAY_S, State
from network_status.picture import Picture, RoutePicture
from network_status.places import Places
from network_status.words import Live, Words
from network_status.zones import JAPAN, iso
from press.model import Sheet

_EVENTS_SHOWN: Final = 40
_WEEKDAYS: Final = range(7)


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A route in the list."""

    id: str
    url: str
    name: str
    key: bool
    bars: Markup
    spark: Markup
    availability: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A heading of the list with its routes."""

    id: str
    name: str
    routes: tuple[RouteRow, ...]


@dataclass(frozen=True, slots=True)
class UpdateText:
    """What was said at one time; `lang` and `only` are set where it is in another language."""

    at: Moment
    stage: str
    html: Markup
    lang: str | None
    only: str


@dataclass(frozen=True, slots=True)
class ReportText:
    """An incident or maintenance as a page shows it."""

    url: str
    title: str
    lang: str | None
    state: State
    stage: str
    started: Moment
    ended: Moment | None
    planned: bool
    routes: tuple[Link, ...]
    updates: tuple[UpdateText, ...]
    but: str


class Pages:
    """Prints one picture; made once for each build.

    `bodies` is the HTML of each update's Markdown, `columns` the columns that reports name,
    `script` the refresh that every page of the status carries.
    """

    def __init__(
        self,
        picture: Picture,
        words: Mapping[str, Words],
        binder: Binder,
        bodies: Mapping[str, str],
        columns: Mapping[str, Mapping[str, ColumnRow]],
        script: str,
    ) -> None:
        self._picture = picture
        self._words = words
        self._binder = binder
        self._bodies = bodies
        self._columns = columns
        self._script = script
        self._places = Places(binder)
        self._draughtsmen = {lang: Draughtsman(one) for lang, one in words.items()}

    @cached_property
    def _drawings(self) -> dict[str, RouteDrawings]:
        return {one.route.id: RouteDrawings(one) for one in self._picture.routes}

    def sheets(self) -> Iterator[Sheet]:
        """Yield every page of every language."""
        for lang, words in self._words.items():
            live = words.live(self._picture)
            yield self._overview(lang, words, live)
            for route in self._picture.routes:
                yield self._route(lang, words, live, route)
            for report in self._picture.reports:
                yield self._report(lang, words, report)

    def columns_links(self) -> dict[tuple[str, str], list[Link]]:
        """Return the reports that name a column, by its language and slug."""
        links: dict[tuple[str, str], list[Link]] = {}
        for lang, words in self._words.items():
            for report in self._picture.reports:
                url = self._binder.address(lang, "status", "incidents", report.slug)
                title, foreign = words.title_of(report)
                for slug in report.columns:
                    links.setdefault((lang, slug), []).append(Link(url, title, foreign))
        return links

    # --- Sheets -------------------------------------------------------------------------------

    def _overview(self, lang: str, words: Words, live: Mapping[str, Live]) -> Sheet:
        picture = self._picture
        texts = [self._text_of(report, words) for report in picture.reports]
        held = [self._is_open(report) for report in picture.reports]
        return self._live_sheet(
            lang,
            words,
            live,
            (),
            "status",
            title=words.say("title"),
            description=words.say("about"),
            groups=[self._group_row(group_at, words) for group_at in range(len(picture.groups))],
            open=[text for text, still in zip(texts, held, strict=True) if still],
            past=[text for text, still in zip(texts, held, strict=True) if not still],
            failing=[words.source(health) for health in picture.failing],
            links=self._data_links(lang, words),
        )

    def _route(
        self, lang: str, words: Words, live: Mapping[str, Live], route: RoutePicture
    ) -> Sheet:
        name = words.name(route.route.name)
        reports = self._picture.reports_of(route.route.id)
        drawings, draughtsman = self._drawings[route.route.id], self._draughtsmen[lang]
        return self._live_sheet(
            lang,
            words,
            live,
            (route.route.id,),
            "status_route",
            title=words.say("feed_route", route=name),
            description=words.say("route_about", route=name),
            id=f"r-{route.route.id}",
            name=name,
            probe=self._probe(route, words),
            figures=_figures(route, words),
            bars=draughtsman.bars(drawings),
            charts=draughtsman.charts(drawings),
            weeks=list(draughtsman.weeks(drawings)),
            weekdays=[words.weekday(day) for day in _WEEKDAYS],
            events=[
                (self._moment(event.at, words), words.event(event), event.state)
                for event in list(reversed(route.events))[:_EVENTS_SHOWN]
            ],
            reports=[self._text_of(report, words) for report in reports],
            links=self._route_links(lang, words, route),
            back=Link(self._binder.address(lang, "status"), words.say("back")),
        )

    def _report(self, lang: str, words: Words, report: Report) -> Sheet:
        text = self._text_of(report, words)
        place = self._binder.everywhere(lang, "status", "incidents", report.slug)
        return self._binder.sheet(
            place,
            "incident",
            title=text.title,
            description=words.say("report_about", title=text.title),
            robots=self._robots,
            report=text,
            sample=words.say("sample") if self._picture.sample else "",
            columns=self._columns_of(report, lang),
            back=Link(self._binder.address(lang, "status"), words.say("back")),
        )

    def _live_sheet(  # the page itself, then what its template shows
        self,
        lang: str,
        words: Words,
        live: Mapping[str, Live],
        parts: tuple[str, ...],
        template: str,
        *,
        title: str,
        description: str,
        **values: Any,  # noqa: ANN401  what the template shows, whatever it is
    ) -> Sheet:
        """Return a page that refreshes itself: its texts, and the script with its words."""
        sheet = self._binder.sheet(
            self._binder.everywhere(lang, "status", *parts),
            template,
            title=title,
            description=description,
            robots=self._robots,
            live=live,
            script=Markup(self._script),  # noqa: S704  our own
            refresh={
                "src": self._places.json,
                "made": self._picture.drawn_at,
                "lost": words.lost(self._picture),
                "text": words.say("link_live"),
            },
            sample=words.say("sample") if self._picture.sample else "",
            **values,
        )
        return replace(sheet, scripts=(self._script,))

    @property
    def _robots(self) -> str | None:
        return "noindex" if self._picture.sample else None

    # --- Parts --------------------------------------------------------------------------------

    def _group_row(self, number: int, words: Words) -> GroupRow:
        group = self._picture.groups[number]
        rows = (self._route_row(route, words) for route in group.routes)
        return GroupRow(f"g-{group.group.id}", words.name(group.group.name), tuple(rows))

    def _route_row(self, route: RoutePicture, words: Words) -> RouteRow:
        seen = route.availability.planned_in
        drawings, draughtsman = self._drawings[route.route.id], self._draughtsmen[words.lang]
        return RouteRow(
            id=f"r-{route.route.id}",
            url=self._binder.address(words.lang, "status", route.route.id),
            name=words.name(route.route.name),
            key=route.route.key,
            bars=draughtsman.bars(drawings),
            spark=draughtsman.spark(drawings),
            availability=words.say(
                "availability",
                availability=words.availability(seen),
                coverage=words.coverage(seen),
            ),
        )

    def _probe(self, route: RoutePicture, words: Words) -> str:
        one, names = route.route, {p.id: p.name for p in self._picture.network.vantage_points}
        return words.say(
            "probe",
            near=words.name(names[one.vantage]),
            far=words.name(names[one.target]),
            kind=one.probe.upper(),
            packets=one.packets,
            interval=one.interval_s,
        )

    def _data_links(self, lang: str, words: Words) -> list[Link]:
        return [
            Link(self._places.feed(lang), words.say("data_feed")),
            Link(self._places.json, words.say("data_json")),
            Link(self._places.text, words.say("data_text")),
            Link(self._places.api("summary"), words.say("data_api")),
        ]

    def _route_links(self, lang: str, words: Words, route: RoutePicture) -> list[Link]:
        return [
            Link(self._places.feed(lang, route.route.id), words.say("data_feed")),
            Link(self._places.badge(lang, route.route.id), words.say("data_badge")),
        ]

    # --- What people say ----------------------------------------------------------------------

    def _is_open(self, report: Report) -> bool:
        now = self._picture.now
        planned = report.notice.severity is State.MAINTENANCE and now < report.notice.started
        return planned or report.notice.active(now) or bool(self._still_bad(report))

    def _still_bad(self, report: Report) -> list[RoutePicture]:
        """Return the routes that a report calls mended within a day and probes do not."""
        now, notice = self._picture.now, report.notice
        if report.stage(now) not in CLOSING or notice.ended is None or now - notice.ended > DAY_S:
            return []
        bad = {State.DEGRADED, State.OUTAGE}
        return [
            route
            for route in self._picture.routes
            if route.route.id in notice.routes and route.status.measured in bad
        ]

    def _text_of(self, report: Report, words: Words) -> ReportText:
        now, lang = self._picture.now, words.lang
        title, foreign = words.title_of(report)
        stage = words.say(f"stage.{report.stage(now)}")
        bad = self._still_bad(report)
        return ReportText(
            url=self._binder.address(lang, "status", "incidents", report.slug),
            title=title,
            lang=foreign,
            state=self._shown(report, bad),
            stage=stage,
            started=self._moment(report.notice.started, words),
            ended=self._moment(report.notice.ended, words) if report.notice.ended else None,
            planned=report.notice.severity is State.MAINTENANCE,
            routes=tuple(
                Link(
                    self._binder.address(lang, "status", route.route.id),
                    words.name(route.route.name),
                )
                for route in self._picture.routes
                if route.route.id in report.notice.routes
            ),
            updates=tuple(self._updates(report, words)),
            but=self._but(bad, stage, words),
        )

    def _shown(self, report: Report, bad: Sequence[RoutePicture]) -> State:
        """Return what stands beside a report's stage: its severity until it is truly over."""
        over = report.stage(self._picture.now) in CLOSING and not bad
        return State.OPERATIONAL if over else report.notice.severity

    def _but(self, bad: Sequence[RoutePicture], stage: str, words: Words) -> str:
        if not bad:
            return ""
        worst = max((route.status.measured for route in bad), key=lambda state: state.severity)
        names = ", ".join(words.name(route.route.name) for route in bad)
        return words.say("reported_but", stage=stage, state=words.state(worst), routes=names)

    def _updates(self, report: Report, words: Words) -> Iterator[UpdateText]:
        for update in report.known(self._picture.now):
            text, foreign = words.text_in(update.texts)
            language = foreign and self._binder.phrase(words.lang, f"language.{foreign}")
            yield UpdateText(
                at=self._moment(update.at, words),
                stage=words.say(f"stage.{update.stage}"),
                html=Markup(self._bodies[text]),  # noqa: S704  typeset from our own content
                lang=foreign,
                only=words.say("untranslated", language=language) if language else "",
            )

    def _columns_of(self, report: Report, lang: str) -> list[ColumnRow]:
        rows = (self._columns.get(slug, {}).get(lang) for slug in report.columns)
        return [row for row in rows if row is not None]

    def _moment(self, at: int, words: Words) -> Moment:
        return Moment(iso(at, JAPAN) or "", words.moment(at))


# --- Figures ----------------------------------------------------------------------------------


def _figures(route: RoutePicture, words: Words) -> list[tuple[str, str, str]]:
    """Return what stands beside each other on a route's page: label, id of the live text, text."""
    live = f"r-{route.route.id}"
    both = route.availability
    rows = [
        (words.say("label.quarter"), f"{live}-quarter", ""),
        (words.say("label.hour"), f"{live}-hour", ""),
        (words.say("label.rtt"), f"{live}-rtt", ""),
        (words.say("label.availability"), "", words.availability(both.planned_in)),
    ]
    if both.planned_in != both.planned_out:
        rows += [(words.say("label.availability_out"), "", words.availability(both.planned_out))]
    return [*rows, (words.say("label.coverage"), "", words.coverage(both.planned_in))]
