"""The headers of a column or a page that belong to no other plugin."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from columns.headers import HEADERS
from columns.source import has_time, parse_date

FIELDS = {field.name: field for field in HEADERS}


@pytest.mark.parametrize("field", HEADERS, ids=FIELDS)
def test_an_example_is_a_value_that_passes(field):
    """Who copies the example of a header has written a good one."""
    assert field.check(field.example) is None


def test_these_headers_must_stand_in_a_column_and_in_a_page():
    """A column needs title, id, date and summary; a page needs its title."""
    required = {
        kind: [field.name for field in HEADERS if kind in field.required]
        for kind in ("column", "page")
    }
    assert required == {"column": ["Title", "Id", "Date", "Summary"], "page": ["Title"]}


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("Title", "あ" * 80, None),
        ("Title", "あ" * 81, "81 characters are too many; write at most 80"),
        ("Summary", "a" * 300, None),
        ("Summary", "a" * 301, "301 characters are too many; write at most 300"),
        (
            "Id",
            "2k7q2mzv4x",
            (
                '"2k7q2mzv4x" is no id; '
                "write ten letters a to z and digits, a letter first: k7q2mzv4xh"
            ),
        ),
        (
            "Id",
            "K7Q2MZV4XH",
            (
                '"K7Q2MZV4XH" is no id; '
                "write ten letters a to z and digits, a letter first: k7q2mzv4xh"
            ),
        ),
        ("Status", "published", None),
        ("Status", "Draft", '"Draft" is no status; write draft or published'),
        ("Date", "2014-03-24", None),
        ("Date", "2014-03-24 09:00 +0800", None),
        ("Date", "24.3.2014", '"24.3.2014" is no date; write 2014-03-24 or 2014-03-24 09:00'),
        ("Date", "2014-02-30", '"2014-02-30" is no date; write 2014-03-24 or 2014-03-24 09:00'),
        (
            "Date",
            "２０１４-03-24",
            '"２０１４-03-24" is no date; write 2014-03-24 or 2014-03-24 09:00',
        ),
        (
            "Date",
            "1969-12-31",
            '"1969-12-31" is before 1970, where time begins for software; write 2014-03-24',
        ),
        ("Date", "1970-01-01", None),
        (
            "Modified",
            "0214-03-24 09:00",
            '"0214-03-24 09:00" is before 1970, where time begins for software; write 2014-03-24',
        ),
        ("Modified", "yesterday", '"yesterday" is no date; write 2014-03-24 or 2014-03-24 09:00'),
    ],
)
def test_a_bad_value_is_answered_with_the_rule_and_an_example(name, value, fault):
    """A fault says what was given, what is wrong and what to write."""
    assert fault == FIELDS[name].check(value)


@pytest.mark.parametrize(
    ("value", "moment", "timed"),
    [
        ("2014-03-24", datetime(2014, 3, 24), False),  # noqa: DTZ001  no offset given, none added
        ("2014-03-24 09:05", datetime(2014, 3, 24, 9, 5), True),  # noqa: DTZ001  as above
        ("2014-03-24T09:05:07Z", datetime(2014, 3, 24, 9, 5, 7, tzinfo=UTC), True),
        (
            "2014-03-24 09:05 +08:00",
            datetime(2014, 3, 24, 9, 5, tzinfo=timezone(timedelta(hours=8))),
            True,
        ),
        ("2014-03-24 25:00", None, True),
        ("2014-03-24 9:00", None, False),
        ("", None, False),
    ],
)
def test_a_date_names_a_day_or_a_minute(value, moment, timed):
    """A date is ISO's, its time may be missing, and only its own offset is added to it."""
    assert (moment, timed) == (parse_date(value), has_time(value))


@given(st.text("0123456789-+: TZ", max_size=26) | st.datetimes().map(str))
def test_any_text_is_a_date_or_none(value):
    """No value of a date header brings the lint down."""
    assert isinstance(parse_date(value), datetime | None)
