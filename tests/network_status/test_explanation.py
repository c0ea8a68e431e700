"""What `invoke status --explain ROUTE` prints."""

from network_status.explanation import explain
from network_status.model import Notice, State
from network_status.status import Observed
from tests.network_status.builders import LIMITS, T0, bin_, bins, status_of


def told(own, **observed):
    status = status_of(own, **observed)
    return "\n".join(explain(status, Observed(own, **observed), LIMITS))


def test_it_names_the_state_the_rule_the_windows_and_the_limits():
    text = told(bins(*[0] * 12, 20, 20, 20), baselines_ms={T0: 50.0})
    for part in (
        "tokyo-shanghai: degraded; measured: degraded",
        "since 2024-06-20 10:05+0900, observed until 2024-06-20 10:15+0900",
        "decided at 2024-06-20 10:10+0900 by rule 3: loss in valid bins running",
        "15 min: 60 of 300 lost; rate 20.00%",
        "60 min: 60 of 1200 lost; rate 5.00%",
        "limits: loss 0.03, bin_loss 0.1, outage_loss 0.5, clear_loss 0.02",
        "2024-06-20 09:55+0900  operational  5/5 good  0/100 lost (100 expected), 50 ms",
        "usually 50 ms, counts; rule 4: a run of good bins",
    ):
        assert part in text


def test_it_says_what_a_person_said_and_why_a_bin_does_not_count():
    own = [*bins(*[0] * 12), bin_(12, sent=0, blind=True)]
    notice = Notice("2024-06-20-fault", frozenset({"tokyo-shanghai"}), State.OUTAGE, T0)
    text = "\n".join(explain(status_of(own, notices=[notice]), Observed(own), LIMITS))
    assert "tokyo-shanghai: outage; measured: unknown (blind)" in text
    assert "a person says: outage since 2024-06-20 09:00+0900 (2024-06-20-fault)" in text
    assert (
        "no reply, prober failed, no baseline, does not count; rule 5: the probe is blind" in text
    )


def test_a_route_without_data_is_explained_in_a_few_lines():
    assert told([]).startswith("tokyo-shanghai: unknown; measured: unknown (no-data)")
