"""Whose problem it is: the table, row by row."""

from itertools import product

import pytest

from network_status.diagnosis import TABLE, Case, End, Line, Verdict, case_of, diagnose, end_of
from network_status.model import Loss, Probe, Unknown
from tests.network_status.builders import LIMITS, T0, bins, status_of

FINE, BAD, NOBODY = End.FINE, End.BAD, End.SILENT
SIX_PER_CENT = Loss(1200, 72)
ICMP, TCP, DNS, HTTP = Probe


def case(
    near=FINE, far=FINE, there=Line.LOSSY, back=Line.LOSSY, reason=None, failing=(), passing=()
):
    return Case(near, far, there, back, reason, frozenset(failing), frozenset(passing))


@pytest.mark.parametrize(
    ("verdict", "seen"),
    [
        ("between-lossy", case()),
        ("between-dead", case(there=Line.DEAD, back=Line.DEAD)),
        ("between-slow", case(there=Line.SLOW, back=Line.SLOW)),
        ("between-lossy", case(back=Line.SILENT)),
        ("between-lossy", case(far=NOBODY)),
        ("possibly-between", case(far=NOBODY, back=Line.SILENT)),
        ("possibly-between", case(near=NOBODY)),
        ("there-only", case(back=Line.FINE)),
        ("back-only", case(there=Line.FINE)),
        ("both-ends", case(near=BAD, far=BAD)),
        ("near-end", case(near=BAD)),
        ("near-end", case(near=BAD, there=Line.FINE)),
        ("far-end", case(far=BAD)),
        ("fine", case(far=BAD, there=Line.FINE, back=Line.FINE)),
        ("ping-only", case(failing=[ICMP], passing=[TCP])),
        ("names-only", case(failing=[DNS], passing=[ICMP, TCP])),
        ("service-only", case(failing=[HTTP], passing=[ICMP])),
        ("service-only", case(failing=[TCP, HTTP], passing=[ICMP])),
        ("between-lossy", case(failing=[ICMP, TCP], passing=[DNS])),
        ("between-lossy", case(failing=[ICMP])),
        ("probe-blind", case(there=Line.SILENT, reason=Unknown.BLIND)),
        ("stale", case(there=Line.SILENT, reason=Unknown.STALE)),
        ("no-data", case(there=Line.SILENT, reason=Unknown.NO_DATA)),
        ("undecided", case(there=Line.SILENT, reason=Unknown.UNDECIDED)),
        ("fine", case(there=Line.FINE, back=Line.FINE)),
        ("fine", case(NOBODY, NOBODY, Line.FINE, Line.SILENT)),
    ],
)
def test_the_table_answers(verdict, seen):
    assert verdict == diagnose(seen, SIX_PER_CENT).verdict


def test_every_case_has_an_answer_and_every_row_a_case():
    kinds = [((), ()), ((ICMP,), (TCP,)), ((DNS,), (ICMP,)), ((HTTP,), (ICMP,))]
    told = {
        diagnose(case(near, far, there, back, reason, *kind), SIX_PER_CENT).verdict
        for near, far, there, back, reason, kind in product(
            End, End, Line, Line, [None, *Unknown], kinds
        )
    }
    assert set(Verdict) == told == {row.verdict for row in TABLE}


def test_a_line_is_never_blamed_where_the_probe_cannot_see():
    for far, back in product(End, Line):
        for near, there in ((BAD, Line.LOSSY), (FINE, Line.SILENT)):
            verdict = diagnose(case(near, far, there, back), SIX_PER_CENT).verdict
            assert not verdict.startswith(("between", "there", "back"))


def test_a_case_is_read_from_the_statuses_of_the_routes():
    lossy, fine = status_of(bins(*[6] * 12)), status_of(bins(*[0] * 12))
    seen = case_of(lossy, FINE, FINE, [fine, lossy], [(ICMP, lossy), (TCP, fine)])
    assert case(failing=[ICMP], passing=[TCP]) == seen
    assert Line.SILENT is case_of(lossy, FINE, FINE, [], []).back


def test_a_slow_route_is_slow_and_a_dead_one_dead():
    hours = {T0: 50.0}
    slow = status_of(bins(*[0] * 12, rtt_ms=160), baselines_ms=hours)
    dead, silent = status_of(bins(*[100] * 12)), status_of([])
    lines = [case_of(one, FINE, FINE, [], []).there for one in (slow, dead, silent)]
    assert [Line.SLOW, Line.DEAD, Line.SILENT] == lines


@pytest.mark.parametrize(
    ("end", "controls"),
    [
        (FINE, [bins(0, 0, 0)]),
        (BAD, [bins(20, 20, 20)]),
        (FINE, [bins(20, 20, 20), bins(0, 0, 0)]),
        (BAD, [bins(20, 20, 20), []]),
        (NOBODY, [[]]),
        (NOBODY, []),
    ],
)
def test_an_end_is_as_good_as_its_best_control_target(end, controls):
    assert end is end_of(controls, LIMITS, T0 + 900)
