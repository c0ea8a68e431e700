from datetime import timedelta

import pytest

from columns.model import Standing, standing_of
from tests.builders import NOON, column, japan


@pytest.mark.parametrize(
    ("standing", "status", "date"),
    [
        (Standing.PUBLISHED, "", NOON),
        (Standing.PUBLISHED, "published", None),
        (Standing.SCHEDULED, "", NOON + timedelta(seconds=1)),
        (Standing.DRAFT, "Draft", None),
        (Standing.DRAFT, "draft", NOON + timedelta(days=1)),
    ],
    ids=["now", "no date", "in a second", "draft", "a draft of tomorrow"],
)
def test_a_text_is_held_back_as_a_draft_or_until_its_time(standing, status, date):
    """A column is readers' from its very moment; a draft is nobody's, whatever its date."""
    assert standing is standing_of(status, date, NOON)


def test_a_column_is_never_updated_before_it_is_published():
    """A `Modified` of the same day without a time counts from midnight."""
    early = column(date=japan(2014, 3, 24, 9), modified=japan(2014, 3, 24))
    assert japan(2014, 3, 24, 9) == early.updated
    assert japan(2014, 3, 25) == column(modified=japan(2014, 3, 25)).updated
