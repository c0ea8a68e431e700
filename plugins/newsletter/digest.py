"""A week of the network status as a mail: what its feed tells of the last whole week."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from html import escape

from bilingual.model import Binder
from feeds.model import Entry, Feed
from newsletter.edition import Manuscript, Version

STATUS = "status"
"""Where the status stands below a language: its page, and the feed that tells what changed."""


_SETTLED = timedelta(hours=1)
"""How long after its end all is known of a week: changes are seen some minutes late."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week of ISO 8601: `begin` is its Monday at midnight, `end` the next."""

    begin: datetime
    end: datetime

    @property
    def name(self) -> str:
        """Return what the standard calls it: `2026-W47`."""
        return f"{self.begin:%G-W%V}"

    @property
    def days(self) -> str:
        """Return its first and its last day."""
        return f"{self.begin:%Y-%m-%d} – {self.end - timedelta(days=1):%Y-%m-%d}"


def past_weeks(now: datetime, zone: tzinfo) -> tuple[Week, Week]:
    """Return the last week that is over, and the one before it, whose sending may not be over."""
    mondays = [_midnight(_monday(now, zone) - timedelta(days=days), zone) for days in (0, 7, 14)]
    return Week(mondays[1], mondays[0]), Week(mondays[2], mondays[1])


def next_due(now: datetime, zone: tzinfo) -> datetime:
    """Return when a site has to be built again for the sake of its digest."""
    monday = _monday(now, zone)
    dues = (_midnight(monday + timedelta(days=days), zone) + _SETTLED for days in (0, 7))
    return next(due for due in dues if due > now)


def digests_of(week: Week, feeds: Iterable[Feed], binder: Binder) -> Iterator[Manuscript]:
    """Yield the digest of each language in which the status has a feed."""
    homes = {binder.absolute(binder.address(lang, STATUS)): lang for lang in binder.languages}
    found = {homes[feed.home]: feed for feed in feeds if feed.home in homes}
    for lang, feed in found.items():
        changes = sorted(
            (entry for entry in feed.entries if week.begin <= entry.published < week.end),
            key=lambda entry: (entry.published, entry.id),
        )
        yield Manuscript(
            id=week.name,
            slug=week.name,
            lang=lang,
            title=_title(week, lang, binder),
            date=week.days,
            summary=binder.phrase(lang, "digest.changes", n=len(changes))
            if changes
            else binder.phrase(lang, "digest.nothing"),
            body="".join(_body(changes, lang, binder)),
            postscript=None,
            url=feed.home,
            alternates=tuple(
                Version(other, binder.language(other).name, _title(week, other, binder), feed.home)
                for other, feed in found.items()
                if other != lang
            ),
            source=f"the status of {week.name}",
        )


def _title(week: Week, lang: str, binder: Binder) -> str:
    year, number, _ = week.begin.isocalendar()
    return binder.phrase(lang, "digest.title", year=year, week=number)


def _body(changes: Sequence[Entry], lang: str, binder: Binder) -> Iterator[str]:
    """Yield what changed, or that nothing did, which is not to say that all is well."""
    for entry in changes:
        yield f'<h2><a href="{escape(entry.url)}">{escape(entry.title)}</a></h2>\n'
        if f"{entry.published:%H:%M}" not in entry.content:  # a measured change says its time
            when = binder.moment(entry.published, lang, timed=True).text
            yield f"<p>{escape(when)}</p>\n"
        yield f"{entry.content}\n"
    if not changes:
        for key in ("digest.nothing", "digest.unknown"):
            yield f"<p>{escape(binder.phrase(lang, key))}</p>\n"


def _monday(now: datetime, zone: tzinfo) -> date:
    today = now.astimezone(zone).date()
    return today - timedelta(days=today.weekday())


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
