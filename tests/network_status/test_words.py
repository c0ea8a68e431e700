"""What pages and documents say in words."""

import pytest

from network_status.model import DAY_S, Loss, SourceHealth, State, Unknown
from network_status.zones import JAPAN, iso
from tests.network_status.builders import T0
from tests.network_status.pictures import (
    NOW,
    all_words,
    lost,
    network,
    picture,
    report,
    route,
    words,
)

TWO = network(route("tokyo-shanghai"), route("shanghai-tokyo", key=False))


def test_times_are_in_japan_and_china_with_their_offsets():
    assert "21 June 2024, 09:00 in Japan (UTC+9), 08:00 in China (UTC+8)" == words().moment(NOW)
    assert "2024年6月21日 09:00（日本、UTC+9）／08:00（中国、UTC+8）" == words(lang="ja").moment(
        NOW
    )


def test_the_day_in_china_is_told_where_it_is_another():
    midnight = T0 + 15 * 3600
    told = words().moment(midnight)
    assert "21 June 2024, 00:00 in Japan (UTC+9), 20 June 2024 23:00 in China (UTC+8)" == told


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_nothing_ever_says_cst_or_a_relative_time(lang):
    live = words(lang=lang).live(picture(reports=(report(),)))
    told = " ".join(one.text for one in live.values())
    assert not {"CST", "JST", "ago", "just now", "たった今"} & set(told.split())


@pytest.mark.parametrize(
    ("expected", "loss"),
    [
        ("not measured", Loss(0, 0)),
        ("none of 20 (which proves less than 15%)", Loss(20, 0)),
        ("none of 1,200 (which proves less than 0.25%)", Loss(1200, 0)),
        ("1 of 20 (too few for a rate)", Loss(20, 1)),
        ("10% (2 of 20)", Loss(20, 2)),
        ("0.08% (1 of 1,200)", Loss(1200, 1)),
        ("100% (100 of 100)", Loss(100, 100)),
    ],
)
def test_a_loss_stands_with_its_packets(expected, loss):
    assert expected == words().loss(loss)


def test_availability_is_never_rounded_up():
    past = {"tokyo-shanghai": []}
    (one,) = picture(past=past).routes
    assert "not measured" == words().availability(one.availability.planned_in)


def test_unknown_says_why():
    live = words().live(picture({"tokyo-shanghai": []}))
    assert "Unknown (never measured)" == live["r-tokyo-shanghai"].text
    assert State.UNKNOWN is live["headline"].state


def test_what_people_say_and_what_is_measured_are_both_shown():
    live = words().live(picture(reports=(report(),)))
    assert "Degraded (measured: Operational)" == live["r-tokyo-shanghai"].text
    assert State.DEGRADED is live["headline"].state


def test_a_state_carries_when_it_ends_and_what_to_say_then():
    one = words().live(picture())["r-tokyo-shanghai"]
    assert (State.OPERATIONAL, NOW + 900) == (one.state, one.until)
    assert "Unknown (no fresh measurements)" == one.unknown


def test_every_language_has_the_same_live_texts():
    of = picture(of=TWO)
    ja, en = (one.live(of).keys() for one in all_words(TWO).values())
    assert ja == en


def test_a_failing_source_is_named_with_its_reason_in_words():
    health = SourceHealth("tokyo", None, NOW, "slow: https://prometheus.example gave none in 8 s")
    assert (
        "Source “tokyo” has not answered since 21 June 2024, 09:00 in Japan (UTC+9), 08:00 in"
        " China (UTC+8). It gave no answer in time." == words().source(health)
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_state_and_reason_has_words(state, lang):
    assert words(lang=lang).state(state)
    assert all(words(lang=lang).state(State.UNKNOWN, reason) for reason in Unknown)
    assert words(lang=lang).say(f"headline.{state}")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_verdict_fault_and_stage_has_words(lang):
    from network_status.diagnosis import Verdict
    from network_status.incidents import Stage
    from network_status.wire import Fault

    say = words(lang=lang).say
    keys = [f"verdict.{v}" for v in Verdict]
    keys += [f"fault.{f}" for f in Fault] + [f"stage.{s}" for s in Stage]
    assert all(say(key) for key in keys)


def test_a_good_route_that_nothing_vouches_for_says_so():
    """Taking away a control target takes the plain word away with it."""
    bins = {"tokyo-shanghai": lost(*(0,) * 12), "tokyo-control": lost(*(0,) * 12)}
    vouched, alone = network(controls=("tokyo",)), network()
    (good,), (bare,) = picture(bins, of=vouched).routes, picture(bins, of=alone).routes
    assert "Operational" == words(vouched).route_state(good)
    assert "Operational (no control target to check the probe by)" == words(alone).route_state(bare)
    assert (True, False) == (good.controlled, bare.controlled)


def test_trouble_is_as_old_as_its_oldest_and_peace_as_its_last():
    down = {
        "tokyo-shanghai": lost(*(0,) * 20, 60, 60, 60, 60),
        "shanghai-tokyo": lost(*(0,) * 22, 60, 60),
    }
    assert NOW - 3 * 300 == picture(down, of=TWO).since
    up = {"tokyo-shanghai": lost(*(0,) * 20), "shanghai-tokyo": lost(*(0,) * 9)}
    assert NOW - 5 * 300 == picture(up, of=TWO).since


def test_iso_times_carry_their_offset():
    assert "2024-06-21T09:00:00+09:00" == iso(NOW, JAPAN)
    assert iso(None) is None
    assert DAY_S == NOW - T0
