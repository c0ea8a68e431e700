"""A picture in the words of one language: the same finished texts for pages and documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import floor
from typing import Final

from bilingual.model import Binder
from network_status.incidents import Report
from network_status.model import Event, Loss, SourceHealth, State, Unknown, is_unchecked
from network_status.picture import GroupPicture, Picture, RoutePicture
from network_status.settings import Network
from network_status.summary import Availability, Saying, statement
from network_status.wire import Failure
from network_status.zones import CHINA, JAPAN

ZONES: Final = (JAPAN, CHINA)
_FINE_PERCENT = 1
_COARSE_PERCENT = 10


@dataclass(frozen=True, slots=True)
class Live:
    """A text that a page refreshes: what its element says and carries.

    `state` is set where the text tells one. Where it holds until a time only, `until` (Unix
    seconds) is that time, and `unknown` what to say from then on.
    """

    text: str
    state: State | None = None
    until: int | None = None
    unknown: str = ""


class Words:
    """Says what a picture holds in one language."""

    def __init__(self, binder: Binder, lang: str, network: Network) -> None:
        self._binder = binder
        self._places = {place.id: place.name[lang] for place in network.vantage_points}
        self._moments: dict[int, str] = {}
        self._changes: dict[tuple[State, State, Unknown | None], tuple[str, str, str]] = {}
        self.lang = lang

    def say(self, key: str, **values: object) -> str:
        """Return a phrase of the [status] table."""
        return self._binder.phrase(self.lang, f"status.{key}", **values)

    def name(self, names: Mapping[str, str]) -> str:
        """Return a name of the settings."""
        return names[self.lang]

    # --- Times --------------------------------------------------------------------------------

    def moment(self, at: int) -> str:
        """Return a time in Japan and in China, each with its offset; the day once if it is one."""
        if at not in self._moments:  # a change is told of on pages and in two feeds
            self._moments[at] = self._moment(at)
        return self._moments[at]

    def _moment(self, at: int) -> str:
        japan, china = (datetime.fromtimestamp(at, zone) for zone in ZONES)
        same = japan.date() == china.date()
        return self.say(
            "moment",
            day=self.day(at),
            japan=f"{japan:%H:%M}",
            china=f"{china:%H:%M}" if same else f"{self.day(at, CHINA)} {china:%H:%M}",
        )

    def clock(self, at: int) -> str:
        """Return a time of day in Japan and in China, each with its offset."""
        japan, china = (f"{datetime.fromtimestamp(at, zone):%H:%M}" for zone in ZONES)
        return self.say("clock", japan=japan, china=china)

    def day(self, at: int, zone: tzinfo = JAPAN) -> str:
        """Return a date in words."""
        when = datetime.fromtimestamp(at, zone)
        month = self.say("months").split()[when.month - 1]
        return self.say("day", year=when.year, month=month, day=when.day)

    def short_day(self, at: int, zone: tzinfo = JAPAN) -> str:
        """Return a date without its year, for axes and rows."""
        when = datetime.fromtimestamp(at, zone)
        month = self.say("short_months").split()[when.month - 1]
        return self.say("short_day", month=month, day=when.day)

    def weekday(self, number: int) -> str:
        """Return the name of a day of the week, 0 for Monday."""
        return self.say("weekdays").split()[number]

    # --- Figures ------------------------------------------------------------------------------

    def percent(self, ratio: float) -> str:
        """Return a ratio as a percentage with two digits that count."""
        value = 100 * ratio
        digits = 2 if value < _FINE_PERCENT else 1 if value < _COARSE_PERCENT else 0
        return self.say("percent", n=f"{value:.{digits}f}" if value else "0")

    def availability(self, of: Availability) -> str:
        """Return good of observed minutes, never rounded up."""
        if of.ratio is None:
            return self.say("not_measured")
        return self.say("percent", n=f"{floor(of.ratio * 10_000) / 100:.2f}")

    def coverage(self, of: Availability) -> str:
        """Return which share was observed, never rounded up."""
        return self.say("percent", n=f"{floor(of.coverage * 1000) / 10:.1f}")

    def loss(self, loss: Loss) -> str:
        """Return what may be said of a loss, with the packets it rests on (status rule 8)."""
        said = statement(loss)
        keys = {
            Saying.NOTHING_SENT: "loss_none_sent",
            Saying.NONE_LOST: "loss_zero",
            Saying.TOO_FEW: "loss_few",
            Saying.RATE: "loss_rate",
        }
        return self.say(
            keys[said.saying],
            ratio="" if said.ratio is None else self.percent(said.ratio),
            sent=f"{loss.sent:,}",
            lost=f"{loss.lost:,}",
        )

    def ms(self, rtt_ms: float | None) -> str:
        """Return a round-trip time."""
        if rtt_ms is None:
            return self.say("no_reply")
        return self.say("ms", n=f"{rtt_ms:.1f}" if rtt_ms < _COARSE_PERCENT else f"{rtt_ms:.0f}")

    def rtt(self, route: RoutePicture) -> str:
        """Return the median of the last hour beside the usual one, without which none is slow."""
        usual_ms = route.diagnosis.baseline_ms
        if route.median_ms is None:
            return self.ms(None)
        if usual_ms is None:
            return self.say("rtt_not_judged", now=self.ms(route.median_ms))
        return self.say("rtt_usual", now=self.ms(route.median_ms), usual=self.ms(usual_ms))

    # --- States -------------------------------------------------------------------------------

    def state(self, state: State, reason: Unknown | None = None) -> str:
        """Return a state, and why it is unknown."""
        word = self.say(f"state.{state}")
        if state is not State.UNKNOWN or reason is None:
            return word
        return self.say("with_reason", state=word, reason=self.say(f"reason.{reason}"))

    def route_state(self, route: RoutePicture) -> str:
        """Return what is shown of a route; where people say worse than probes measure, both.

        Of a good one whose probe nothing vouches for, it says so: it may be blind (status rule 5).
        """
        status = route.status
        shown = self.state(status.state, status.reason)
        if is_unchecked(status.state, controlled=route.controlled):
            shown = self.say("uncontrolled", state=shown)
        if status.state is not status.measured:
            measured = self.state(status.measured, status.reason)
            shown = self.say("reported_measured", reported=shown, measured=measured)
        return self.say("unstable", state=shown) if status.unstable else shown

    def since(self, at: int | None) -> str:
        """Return since when a state holds."""
        return self.say("since", moment=self.moment(at)) if at else self.say("since_longer")

    def as_of(self, observed_until: int | None) -> str:
        """Return when it was measured."""
        if observed_until is None:
            return self.say("never_measured")
        return self.say("as_of", moment=self.moment(observed_until))

    def valid(self, valid_until: int | None) -> str:
        """Return how long it holds."""
        if valid_until is None:
            return self.say("valid_no_more")
        return self.say("valid_until", moment=self.moment(valid_until))

    def why(self, route: RoutePicture) -> str:
        """Return whose problem it is, in one sentence."""
        found = route.diagnosis
        ratio = found.loss.ratio
        return self.say(
            f"verdict.{found.verdict}",
            near=self._places[route.route.vantage],
            far=self._places[route.route.target],
            loss=self.say("not_measured") if ratio is None else self.percent(ratio),
            median=self.ms(found.median_ms),
            usual=self.ms(found.baseline_ms),
        )

    def event(self, event: Event) -> str:
        """Return a change of state."""
        return self.change(event)[2]

    def change(self, event: Event) -> tuple[str, str, str]:
        """Return the state before, the one after, and both as one text."""
        key = event.before, event.state, event.reason
        if key not in self._changes:  # there are few, and months of events
            before, state = self.state(event.before), self.state(event.state, event.reason)
            self._changes[key] = before, state, self.say("changed", before=before, state=state)
        return self._changes[key]

    def title_of(self, report: Report) -> tuple[str, str | None]:
        """Return a report's title, and its language where that is another."""
        return self.text_in(report.titles)

    def text_in(self, texts: Mapping[str, str]) -> tuple[str, str | None]:
        """Return a text in this language, or in the first there is with that language."""
        if self.lang in texts:
            return texts[self.lang], None
        lang = next(iter(texts))
        return texts[lang], lang

    def source(self, health: SourceHealth) -> str:
        """Return which source fails, and since when."""
        failure = Failure.parse(health.fault or "")
        return self.say(
            "source_fails",
            source=health.source,
            since=self.moment(health.failing_since or 0),
            fault=self.say(f"fault.{failure.fault}") if failure else "",
        )

    # --- What a page refreshes ----------------------------------------------------------------

    def live(self, picture: Picture) -> dict[str, Live]:
        """Return every text that pages refresh, by the id of its element."""
        return dict(self._lives(picture))

    def lost(self, picture: Picture) -> str:
        """Return what a page says when it cannot be refreshed any more."""
        return self.say("link_lost", moment=self.moment(picture.drawn_at))

    def _lives(self, picture: Picture) -> Iterator[tuple[str, Live]]:
        of = picture.headline
        text = self.say(f"headline.{of.state}")
        unknown = self.say("headline.expired")
        yield "headline", Live(text, of.state, of.valid_until, unknown)
        yield "since", self._since(picture.since, of.valid_until)
        yield "as-of", Live(self.as_of(of.observed_until))
        yield "valid", Live(self.valid(of.valid_until))
        for group in picture.groups:
            yield f"g-{group.group.id}", self._group(group)
            for route in group.routes:
                yield from self._route(route)

    def _group(self, group: GroupPicture) -> Live:
        of = group.headline
        return Live(self.state(of.state), of.state, of.valid_until, self.state(State.UNKNOWN))

    def _route(self, route: RoutePicture) -> Iterator[tuple[str, Live]]:
        status, name = route.status, f"r-{route.route.id}"
        stale = self.state(State.UNKNOWN, Unknown.STALE)
        yield name, Live(self.route_state(route), status.state, status.valid_until, stale)
        yield f"{name}-hour", Live(self.loss(route.hour))
        yield f"{name}-quarter", Live(self.loss(route.quarter))
        yield f"{name}-rtt", Live(self.rtt(route))
        yield f"{name}-since", self._since(status.since, status.valid_until)
        yield f"{name}-as-of", Live(self.as_of(status.observed_until))
        yield f"{name}-valid", Live(self.valid(status.valid_until))
        too_late = self.say("verdict.stale")
        yield f"{name}-why", Live(self.why(route), until=status.valid_until, unknown=too_late)

    def _since(self, since: int | None, until: int | None) -> Live:
        """Return since when a state holds; what is unknown then is so since its time passed."""
        return Live(self.since(since), until=until, unknown=self.since(until) if until else "")
