"""What a chart shows must not need colour, and nothing measured must not look like all lost."""

import re
from xml.etree import ElementTree as etree

import pytest

from network_status import charts
from network_status.model import DAY_S, HOUR_S, Loss, State
from tests.network_status.builders import bin_
from tests.network_status.pictures import NOW, hour, hours, lost, picture


def drawn(drawing):
    """The paths of a drawing by their class."""
    svg = drawing.named("c", "title")
    return {path.get("class"): path.get("d") for path in etree.fromstring(svg).iter("path")}


def smoke(*counts, **values):
    (one,) = picture({"tokyo-shanghai": lost(*counts)}, **values).routes
    return drawn(charts.smoke(one.charts[0], charts.scale_of(one)))


def test_what_was_wholly_lost_is_hatched_over_the_full_height():
    paths = smoke(*(0,) * 10, 100, 100)
    assert "M34 0h2v200h-2z" == paths["chart-field"]
    assert paths["chart-hatch"].startswith("M34 20l1-20M34 40l1-20")
    assert paths["chart-hatch"].endswith("M35 200l1-20")


def test_no_data_is_a_field_of_its_own_and_not_hatched():
    paths = smoke(*(0,) * 10, None, None)
    assert "chart-hatch" not in paths
    assert paths["chart-none"].endswith("M34 0h2v200h-2z")


def test_no_median_is_drawn_where_nothing_came_back_or_nothing_was_measured():
    paths = smoke(0, 0, 100, None, 0, 0)
    assert re.fullmatch(r"M30 \d+h1V\d+h1M34 \d+h1V\d+h1", paths["chart-median loss-0"])


@pytest.mark.parametrize(
    ("expected", "loss"),
    [
        (0, Loss(100, 0)),
        (1, Loss(1000, 1)),
        (1, Loss(1000, 19)),
        (2, Loss(100, 2)),
        (2, Loss(1000, 99)),
        (3, Loss(100, 10)),
        (4, Loss(100, 50)),
        (4, Loss(100, 99)),
        (5, Loss(100, 100)),
        (0, Loss(0, 0)),
    ],
)
def test_the_median_has_a_class_for_each_extent_of_loss(expected, loss):
    assert expected == charts.loss_class(loss)


def test_bands_break_where_something_is_missing():
    paths = smoke(0, 0, None, 0, 0)
    assert 2 == paths["chart-wide"].count("z")


def test_one_scale_serves_all_spans_of_a_route():
    past = {"tokyo-shanghai": hours(80, rtt_ms=300)}
    (one,) = picture({"tokyo-shanghai": lost(*(0,) * 12)}, past=past).routes
    scale = charts.scale_of(one)
    assert scale.low_ms <= 50
    assert scale.high_ms >= 300


@pytest.mark.parametrize("rtt_ms", [0.06, 1, 9.9, 47, 250, 12_000])
def test_a_scale_holds_what_it_is_made_of_and_ends_at_round_numbers(rtt_ms):
    own = [bin_(288 - n, rtt_ms=rtt_ms) for n in range(12, 0, -1)]
    (one,) = picture({"tokyo-shanghai": own}).routes
    scale = charts.scale_of(one)
    assert scale.low_ms <= rtt_ms * 1.03
    assert rtt_ms / 1.03 <= scale.high_ms
    assert 5 == len(scale.ticks_ms)


def test_a_drawing_has_a_name_and_says_what_it_shows():
    (one,) = picture().routes
    drawing = charts.smoke(one.charts[0], charts.scale_of(one))
    root = etree.fromstring(drawing.named("c-3h", "a <b> & c", "about it"))
    assert "c-3h-t c-3h-d" == root.get("aria-labelledby")
    assert ["a <b> & c", "about it"] == [root.find("title").text, root.find("desc").text]


def test_drawings_hold_no_colour():
    (one,) = picture(past={"tokyo-shanghai": hours(3, lost=700, good=0)}).routes
    drawings = [
        charts.smoke(one.charts[0], charts.scale_of(one)),
        charts.spark(one.spark),
        charts.bars(one.days),
        charts.week(one.weeks[0]),
    ]
    svgs = [drawing.named("c", "t", "d") for drawing in drawings]
    assert not [svg for svg in svgs if re.search(r"fill=|stroke=|style=|#[0-9a-f]{3}", svg)]


def test_a_day_never_measured_is_an_outline_only():
    (one,) = picture(past={"tokyo-shanghai": []}).routes
    assert {"day-none"} == drawn(charts.bars(one.days)).keys()
    assert {State.UNKNOWN} == {day.grade for day in one.days}


def test_a_short_fault_still_shows_on_its_day():
    day = [hour(NOW - n * HOUR_S) for n in range(24, 1, -1)]
    day.append(hour(NOW - HOUR_S, lost=40, good=0xFFE))
    (one,) = picture(past={"tokyo-shanghai": day}).routes
    assert "day-degraded" in drawn(charts.bars(one.days))
    assert State.DEGRADED is one.days[-1].grade


def test_a_day_with_an_hour_of_outage_has_a_mark_below_the_line():
    day = hours(1)
    day[3] = hour(day[3].start, lost=700, good=0)
    (one,) = picture(past={"tokyo-shanghai": day}).routes
    assert "43h3l-1.5 5z" in drawn(charts.bars(one.days))["day-outage"]
    assert State.OUTAGE in {day.grade for day in one.days[-2:]}


def test_the_week_gives_each_loss_a_square_of_its_size_and_a_gap_a_stroke():
    past = hours(28)
    worst = next(n for n, h in enumerate(past) if h.start % DAY_S == 13 * HOUR_S)
    past[worst] = hour(past[worst].start, lost=300, good=0)
    (one,) = picture(past={"tokyo-shanghai": past}).routes
    paths = drawn(charts.week(one.weeks[0]))
    assert {"week-0", "week-2"} == paths.keys()
    assert "h4" in drawn(charts.week(((Loss(0, 0),) * 24,) * 7))["week-none"]
