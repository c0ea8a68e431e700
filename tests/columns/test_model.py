from tests.builders import column, japan


def test_a_column_is_never_updated_before_it_is_published():
    """A `Modified` of the same day without a time counts from midnight."""
    early = column(date=japan(2014, 3, 24, 9), modified=japan(2014, 3, 24))
    assert japan(2014, 3, 24, 9) == early.updated
    assert japan(2014, 3, 25) == column(modified=japan(2014, 3, 25)).updated
