"""When a text may be seen, and when the next one may."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from columns.schedule import next_due
from columns.source import parse

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def source(**headers):
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items())
    return parse("columns/2025-01-02-x/ja.md", f"{lines}\ntext\n")


@pytest.mark.parametrize(
    ("headers", "due"),
    [
        ([{"Date": "2025-01-02"}], datetime(2025, 1, 1, 15, tzinfo=UTC)),
        ([{"Date": "2025-01-02 00:00 +0000"}], datetime(2025, 1, 2, tzinfo=UTC)),
        ([{"Date": "2025-01-01 09:00"}], None),
        ([{"Date": "2025-01-02", "Status": "Draft"}], None),
        ([{"Date": "2025-02-30"}], None),
        ([{}], datetime(2025, 1, 1, 15, tzinfo=UTC)),
        ([{"Date": "2025-01-05"}, {"Date": "2025-01-03"}], datetime(2025, 1, 2, 15, tzinfo=UTC)),
    ],
    ids=[
        *("midnight is Japan's", "an offset", "out since now", "a draft"),
        *("no date", "its folder's day", "the earliest"),
    ],
)
def test_the_next_text_that_only_its_date_holds_back(headers, due):
    sources = (source(**each) for each in headers)
    assert due == next_due(sources, ZoneInfo("Asia/Tokyo"), NOW)
