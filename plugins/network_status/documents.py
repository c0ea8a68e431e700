"""`/status/status.json`, and what is made from it alone.

The document holds all that badge, API and text print, so that a timer that has nothing but
the published file can say when its time has passed: see `expired`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypedDict

from network_status.model import Loss, SourceHealth, State, Unknown, is_unchecked, worst
from network_status.wire import Failure
from network_status.zones import both, iso

if TYPE_CHECKING:  # what ages the published files has nothing else to load
    from network_status.incidents import Report
    from network_status.picture import Picture, RoutePicture
    from network_status.words import Live, Words

VERSION = 1
STATUS_JSON = "status/status.json"

Texts = dict[str, str]
"""The same in each language."""


class LossDocument(TypedDict):
    """Packets lost in the minutes before `observed_until`; `ratio` is null where none was sent."""

    sent: int
    lost: int
    ratio: float | None


class RouteDocument(TypedDict):
    """A route; round-trip times in milliseconds, times in ISO 8601 with offset."""

    id: str
    name: Texts
    group: str
    key: bool
    state: str
    measured: str
    reason: str | None
    unstable: bool
    since: str | None
    observed_until: str | None
    valid_until: str | None
    loss_15_min: LossDocument
    loss_60_min: LossDocument
    rtt_median_ms: float | None
    rtt_usual_ms: float | None
    latency_judged: bool
    controlled: bool
    verdict: str
    availability_90_days: float | None
    coverage_90_days: float


class GroupDocument(TypedDict):
    """A heading of the page."""

    id: str
    name: Texts
    state: str


class UpdateDocument(TypedDict):
    """What was said at one time, in Markdown by language."""

    at: str
    stage: str
    text: Texts


class ReportDocument(TypedDict):
    """An incident or maintenance."""

    id: str
    title: Texts
    severity: str
    stage: str
    routes: list[str]
    started: str
    ended: str | None
    updates: list[UpdateDocument]


class SourceDocument(TypedDict):
    """A source that does not answer."""

    id: str
    failing_since: str | None
    last_success: str | None
    fault: str | None


class PageDocument(TypedDict):
    """The page that this is the data of; `url` is absolute, `lang` the site's own language."""

    name: str
    url: str
    lang: str


class LiveDocument(TypedDict, total=False):
    """What the script puts into an element beside its text."""

    state: str
    until: int


class StatusDocument(TypedDict):
    """All of it. `texts`, what they become in the end (`unknown`) and `live` are by element id."""

    version: int
    page: PageDocument
    sample: bool
    built_at: str
    made: int
    observed_until: str | None
    valid_until: str | None
    valid_until_s: int | None
    state: str
    since: str | None
    headline: Texts
    words: dict[str, Texts]
    groups: list[GroupDocument]
    routes: list[RouteDocument]
    reports: list[ReportDocument]
    failing_sources: list[SourceDocument]
    live: dict[str, LiveDocument]
    texts: dict[str, Texts]
    unknown: dict[str, Texts]


def status_document(
    picture: "Picture", words: "Mapping[str, Words]", page: PageDocument
) -> StatusDocument:
    """Return the whole status of a picture."""
    live = {lang: one.live(picture) for lang, one in words.items()}
    of = picture.headline
    return {
        "version": VERSION,
        "page": page,
        "sample": picture.sample,
        "built_at": _iso(picture.now),
        "made": picture.now,
        "observed_until": iso(of.observed_until),
        "valid_until": iso(of.valid_until),
        "valid_until_s": of.valid_until,
        "state": of.state,
        "since": iso(picture.since),
        "headline": {lang: texts["headline"].text for lang, texts in live.items()},
        "words": {lang: _state_words(one) for lang, one in words.items()},
        "groups": [
            {"id": g.group.id, "name": dict(g.group.name), "state": g.headline.state}
            for g in picture.groups
        ],
        "routes": [_route(route) for route in picture.routes],
        "reports": [_report(report, picture.now) for report in picture.reports],
        "failing_sources": [_source(health) for health in picture.failing],
        "live": _carried(next(iter(live.values()))),
        "texts": {
            lang: {
                **{name: one.text for name, one in texts.items()},
                "lost": words[lang].lost(picture),
                "gone": words[lang].state(State.UNKNOWN),
            }
            for lang, texts in live.items()
        },
        "unknown": {
            lang: {name: one.unknown for name, one in texts.items() if one.until is not None}
            for lang, texts in live.items()
        },
    }


def unknown_document(
    routes: list[RouteDocument], words: "Mapping[str, Words]", page: PageDocument, now: int
) -> StatusDocument:
    """Return a status of which nothing is known."""
    said = {lang: _state_words(one) for lang, one in words.items()}
    return {
        "version": VERSION,
        "page": page,
        "sample": False,
        "built_at": _iso(now),
        "made": now,
        "observed_until": None,
        "valid_until": None,
        "valid_until_s": None,
        "state": State.UNKNOWN.value,
        "since": None,
        "headline": {lang: texts["expired"] for lang, texts in said.items()},
        "words": said,
        "groups": [],
        "routes": routes,
        "reports": [],
        "failing_sources": [],
        "live": {},
        "texts": {},
        "unknown": {},
    }


def _state_words(words: "Words") -> Texts:
    """Return the states' names, and what documents say when their time has passed."""
    return {
        **{state.value: words.state(state) for state in State},
        "stale": words.state(State.UNKNOWN, Unknown.STALE),
        "uncontrolled": words.say("uncontrolled"),
        **{f"headline.{state}": words.say(f"headline.{state}") for state in State},
        "expired": words.say("headline.expired"),
        "badge": words.say("badge"),
        "badge_times": words.say("badge_times"),
        "sample": words.say("sample"),
    }


def _route(route: "RoutePicture") -> RouteDocument:
    one, status, seen = route.route, route.status, route.availability.planned_in
    return {
        "id": one.id,
        "name": dict(one.name),
        "group": one.group,
        "key": one.key,
        "state": status.state,
        "measured": status.measured,
        "reason": status.reason,
        "unstable": status.unstable,
        "since": iso(status.since),
        "observed_until": iso(status.observed_until),
        "valid_until": iso(status.valid_until),
        "loss_15_min": _loss(route.quarter),
        "loss_60_min": _loss(route.hour),
        "rtt_median_ms": _rounded(route.median_ms),
        "rtt_usual_ms": _rounded(route.diagnosis.baseline_ms),
        "controlled": route.controlled,
        "latency_judged": route.diagnosis.baseline_ms is not None,
        "verdict": route.diagnosis.verdict,
        "availability_90_days": None if seen.ratio is None else round(seen.ratio, 6),
        "coverage_90_days": round(seen.coverage, 6),
    }


def _loss(loss: Loss) -> LossDocument:
    ratio = None if loss.ratio is None else round(loss.ratio, 6)
    return {"sent": loss.sent, "lost": loss.lost, "ratio": ratio}


def _report(report: "Report", now: int) -> ReportDocument:
    return {
        "id": report.slug,
        "title": dict(report.titles),
        "severity": report.notice.severity,
        "stage": report.stage(now),
        "routes": sorted(report.notice.routes),
        "started": _iso(report.notice.started),
        "ended": iso(report.notice.ended),
        "updates": [
            {"at": _iso(update.at), "stage": update.stage, "text": dict(update.texts)}
            for update in report.known(now)
        ],
    }


def _source(health: SourceHealth) -> SourceDocument:
    return {
        "id": health.source,
        "failing_since": iso(health.failing_since),
        "last_success": iso(health.last_success),
        "fault": fault_of(health),
    }


def fault_of(health: SourceHealth) -> str | None:
    """Return how a source fails, and no more: addresses and names of secrets are nobody's."""
    failure = Failure.parse(health.fault or "")
    return failure.fault.value if failure else None


def _carried(live: "Mapping[str, Live]") -> dict[str, LiveDocument]:
    found: dict[str, LiveDocument] = {}
    for name, one in live.items():
        carried: LiveDocument = {}
        if one.state is not None:
            carried["state"] = one.state
        if one.until is not None:
            carried["until"] = one.until
        if carried:
            found[name] = carried
    return found


def expired(document: StatusDocument, now: int) -> StatusDocument:
    """Return the document as it must read at `now`: what has no valid time left is unknown.

    Each route ages by its own time; what a group and the headline say then follows from their
    routes. The same document comes back while no time has passed.
    """
    routes = [_aged_route(route, now) for route in document["routes"]]
    groups = _aged_groups(document, routes)
    aged = _aged_headline({**document, "routes": routes, "groups": groups}, now)
    return document if aged == document else {**aged, "texts": {}, "unknown": {}, "live": {}}


def _aged_headline(document: StatusDocument, now: int) -> StatusDocument:
    """Return the document with the headline that its key routes leave it past its time."""
    until, routes = document["valid_until_s"], document["routes"]
    deciding = [route for route in routes if route["key"]] or routes
    state = worst([State.UNKNOWN, *_states(deciding)])
    if until is None or now < until or document["state"] == state:
        return document
    known = [route["since"] for route in deciding if route["state"] == state]
    phrase = "expired" if state is State.UNKNOWN else f"headline.{state}"
    return {
        **document,
        "state": state.value,
        "since": document["valid_until"] if state is State.UNKNOWN else known[0],
        "headline": {lang: words[phrase] for lang, words in document["words"].items()},
    }


def _aged_route(route: RouteDocument, now: int) -> RouteDocument:
    until, unknown = route["valid_until"], State.UNKNOWN.value
    if until is None or now < datetime.fromisoformat(until).timestamp():
        return route
    return {
        **route,
        "state": unknown,
        "measured": unknown,
        "reason": Unknown.STALE.value,
        "since": until,
    }


def _aged_groups(document: StatusDocument, routes: Sequence[RouteDocument]) -> list[GroupDocument]:
    """Return the groups; one with a member that has aged is what its members are by now."""
    changed = {
        route["group"]
        for route, before in zip(routes, document["routes"], strict=True)
        if route != before
    }
    return [
        {**one, "state": worst(_states(r for r in routes if r["group"] == one["id"])).value}
        if one["id"] in changed
        else one
        for one in document["groups"]
    ]


def _states(routes: Iterable[RouteDocument]) -> Iterator[State]:
    return (State(route["state"]) for route in routes)


def encode(document: object) -> bytes:
    """Return JSON in UTF-8, without a space too many."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def state_said(route: RouteDocument, words: Mapping[str, str]) -> str:
    """Return a route's state in words, which are those of the document in a language."""
    if route["reason"] == Unknown.STALE:
        return words["stale"]
    state = words[route["state"]]
    if not is_unchecked(route["state"], controlled=route["controlled"]):
        return state
    # A document of an older version lacks the words.
    return words.get("uncontrolled", "{state}").format(state=state)


def text(document: StatusDocument) -> bytes:
    """Return `/status.txt`: what a terminal shows, every language after the other."""
    return "\n\n".join(_text(document, lang) for lang in document["words"]).encode() + b"\n"


_TIMES: Final[tuple[Literal["observed_until", "valid_until", "built_at"], ...]] = (
    "observed_until",
    "valid_until",
    "built_at",
)


def _text(document: StatusDocument, lang: str) -> str:
    words = document["words"][lang]
    lines = [
        document["headline"][lang],
        *(f"{key:14} {both(document[key])}" for key in _TIMES),
        *([words["sample"]] if document["sample"] else []),
        "",
    ]
    for route in document["routes"]:
        loss, median = route["loss_60_min"], route["rtt_median_ms"]
        rtt = "-" if median is None else f"{median:.0f} ms"
        lines.append(
            f"{route['id']:24} {route['state']:12} {loss['lost']}/{loss['sent']:<6} {rtt:>8}"
            f"  {both(route['valid_until']):42}  {route['name'][lang]} {state_said(route, words)}"
        )
    return "\n".join(lines)


def _rounded(rtt_ms: float | None) -> float | None:
    return None if rtt_ms is None else round(rtt_ms, 1)


def _iso(at: int) -> str:
    return iso(at) or ""
