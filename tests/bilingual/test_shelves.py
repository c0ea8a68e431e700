"""A language's lists, neighbours and related columns."""

from hypothesis import given
from hypothesis import strategies as st

from bilingual.pairs import pair
from bilingual.shelves import neighbours, shelve
from tests.builders import column, japan

TOPICS = ("dns", "mail", "vpn")


def works(*columns):
    return pair(columns, ("ja", "en"), "ja")


def slugs(columns):
    return [column.slug for column in columns]


def test_a_column_missing_in_a_language_is_in_its_lists_all_the_same():
    shelf = shelve(works(column("both"), column("both", "en"), column("ours", "en")), "ja")
    assert {("both", "ja"), ("ours", "en")} == {(c.slug, c.lang) for c in shelf.columns}
    assert ["both"] == slugs(shelf.own)


def test_years_are_those_of_the_authors_zone():
    """New Year's morning in Japan is the new year, though it is the old one in UTC."""
    shelf = shelve(works(column(date=japan(2015, 1, 1, 8))), "ja")
    assert [2015] == list(shelf.years)


def test_neighbours_are_the_columns_before_and_after_in_the_same_language():
    columns = [column(str(year), date=japan(year, 1, 1)) for year in (2011, 2012, 2014)]
    columns.append(column("2013", "en", date=japan(2013, 1, 1)))
    near = neighbours(shelve(works(*columns), "ja"))
    assert ("2011", "2014") == (near["2012"].older.slug, near["2012"].newer.slug)
    assert near["2011"].older is None
    assert near["2014"].newer is None
    assert "2013" not in near


def test_related_columns_share_most_topics_then_lie_nearest_in_time():
    columns = [
        column("this", topics=("dns", "mail"), date=japan(2014, 1, 1)),
        column("far-but-both", topics=("dns", "mail"), date=japan(2010, 1, 1)),
        column("near", topics=("dns",), date=japan(2014, 2, 1)),
        column("nearer", topics=("mail",), date=japan(2014, 1, 2)),
        column("other", topics=("vpn",), date=japan(2014, 1, 1)),
    ]
    near = neighbours(shelve(works(*columns), "ja"))
    assert ["far-but-both", "nearer", "near"] == slugs(near["this"].related)
    assert [] == slugs(near["other"].related)


@given(st.lists(st.tuples(st.integers(2000, 2020), st.sets(st.sampled_from(TOPICS))), max_size=30))
def test_every_column_is_once_in_its_year_and_once_in_each_of_its_topics(drawn):
    columns = [
        column(f"c{index}", topics=tuple(topics), date=japan(year, 1, 1))
        for index, (year, topics) in enumerate(drawn)
    ]
    shelf = shelve(works(*columns), "ja")
    assert sorted(slugs(columns)) == sorted(
        slugs(c for found in shelf.years.values() for c in found)
    )
    for topic in TOPICS:
        expected = sorted(c.slug for c in columns if topic in c.topics)
        assert expected == sorted(slugs(shelf.topics.get(topic, ())))


@given(st.lists(st.sets(st.sampled_from(TOPICS)), max_size=20))
def test_related_columns_share_a_topic_and_are_never_the_column_itself(drawn):
    columns = [
        column(f"c{index}", topics=tuple(topics), date=japan(2000 + index, 1, 1))
        for index, topics in enumerate(drawn)
    ]
    near = neighbours(shelve(works(*columns), "ja"))
    for each in columns:
        related = near[each.slug].related
        assert each.slug not in slugs(related)
        assert len(set(slugs(related))) == len(related) <= 3
        assert all(set(each.topics) & set(other.topics) for other in related)
