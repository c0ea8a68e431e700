"""Dates, times of day and zones in the words of a language's phrases."""

from datetime import date, datetime

from bilingual.model import Moment
from bilingual.phrases import Phrases


def day(phrases: Phrases, when: date) -> str:
    """Return a date in words, such as `2014年3月24日` or `24 March 2014`."""
    month = phrases.choice("dates.months", when.month - 1)
    return phrases("dates.day", year=when.year, month=when.month, day=when.day, month_name=month)


def zone(phrases: Phrases, when: datetime) -> str:
    """Return the zone of a time by its offset, never by an abbreviation such as CST."""
    offset = when.strftime("%z")
    hours, minutes = f"{int(offset[:3]):+d}", offset[3:]
    if hours == "+9" and minutes == "00":
        return phrases("dates.japan_time")
    return phrases("dates.zone", offset=hours if minutes == "00" else f"{hours}:{minutes}")


def moment(phrases: Phrases, when: datetime, *, timed: bool) -> Moment:
    """Return a point in time with its zone, and its time of day where one was given."""
    values = {"day": day(phrases, when), "zone": zone(phrases, when)}
    if not timed:
        return Moment(when.isoformat(timespec="minutes"), phrases("dates.with_zone", **values))
    text = phrases("dates.with_time", time=f"{when:%H:%M}", **values)
    return Moment(when.isoformat(timespec="minutes"), text)


def day_only(phrases: Phrases, when: datetime) -> Moment:
    """Return a date for lists; the column's own page says the zone."""
    return Moment(when.date().isoformat(), day(phrases, when))
