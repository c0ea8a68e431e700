"""What is asked of a Prometheus about one series: PromQL that makes a bin's figures.

Every figure is evaluated at the bin's end over a window of 299,999 ms. A range of 300 s would
hold both of its ends in Prometheus 2 and the later one in Prometheus 3; a millisecond less, and
a scrape on the border falls into one bin in either.
"""

import json
from collections.abc import Mapping

from network_status.model import BIN_S, Probe

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WINDOW = f"{BIN_S * 1000 - 1}ms"
SUBQUERY_STEP = "15s"


def of_blackbox(series: str, labels: Mapping[str, str], probe: Probe) -> str:
    """Return the query for all figures of a series of blackbox_exporter, each named by a label."""
    return _named({**_scrapes(labels), **_blackbox(_matchers(labels), probe)}, series)


def of_smokeping(series: str, labels: Mapping[str, str], *, native: bool) -> str:
    """Return the same for smokeping_prober.

    It adds labels of its own to what it exports, so only the common ones tell of its scrapes.
    """
    common = {name: value for name, value in labels.items() if name in {"job", "instance"}}
    return _named({**_scrapes(common), **_smokeping(_matchers(labels), native=native)}, series)


def quantile_name(share: float) -> str:
    """Return the name of a quantile's figure."""
    return f"q{share:g}"


def _named(figures: Mapping[str, str], series: str) -> str:
    return " or ".join(
        f'label_replace(label_replace({query}, "figure", "{name}", "", ""), '
        f'"series", "{series}", "", "")'
        for name, query in figures.items()
    )


def _scrapes(labels: Mapping[str, str]) -> dict[str, str]:
    """Return how to ask whether the exporter was there: `up`, which has a target's labels only."""
    if not labels:
        return {}
    up = f"up{_matchers(labels)}[{WINDOW}]"
    return {"scrapes": f"sum(count_over_time({up}))", "scraped": f"sum(sum_over_time({up}))"}


def _blackbox(labels: str, probe: Probe) -> dict[str, str]:
    """Return how to count probes, one packet each, and ask for the times of those answered."""
    packets = f"probe_success{labels}[{WINDOW}]"
    times = f"({_blackbox_times(labels, probe)})[{WINDOW}:{SUBQUERY_STEP}]"
    # Of several series a dead one would drown among the others, so their number is asked for.
    at = {share: f"avg(quantile_over_time({share}, {times}))" for share in QUANTILES}
    return {
        "targets": f"count(count_over_time({packets}))",
        "sent": f"sum(count_over_time({packets}))",
        "answered": f"sum(sum_over_time({packets}))",
        **{quantile_name(share): query for share, query in at.items()},
    }


def _blackbox_times(labels: str, probe: Probe) -> str:
    """Return the times of probes that succeeded, without name resolution where they say so.

    A ping that failed has an rtt of 0, and any other probe the time after which it gave up;
    dividing by its success, which is 1 or missing, leaves those out.
    """
    success = f"(probe_success{labels} > 0)"
    match probe:
        case Probe.ICMP:
            return f"probe_icmp_duration_seconds{_phase(labels, 'rtt')} > 0"
        case Probe.DNS:
            request = f"probe_dns_duration_seconds{_phase(labels, 'request')}"
            return f"{request} / ignoring(phase) {success}"
        case Probe.TCP | Probe.HTTP:
            return f"probe_duration_seconds{labels} / {success}"


def _phase(labels: str, phase: str) -> str:
    return f'{labels[:-1]},phase="{phase}"}}'


def _smokeping(labels: str, *, native: bool) -> dict[str, str]:
    """Return how to count requests and responses; a target's `ip` may change, so all are summed."""
    times, requests = (
        "smokeping_response_duration_seconds",
        f"smokeping_requests_total{labels}[{WINDOW}]",
    )
    if native:
        answered = f"sum(histogram_count(increase({times}{labels}[{WINDOW}])))"
        spread = f"sum(increase({times}{labels}[{WINDOW}]))"
    else:
        answered = f"sum(increase({times}_count{labels}[{WINDOW}]))"
        spread = f"sum by (le) (increase({times}_bucket{labels}[{WINDOW}]))"
    return {
        "targets": f"count(count without (ip) (count_over_time({requests})))",
        "sent": f"sum(increase({requests}))",
        "answered": answered,
        "unsent": f"sum(increase(smokeping_send_errors_total{labels}[{WINDOW}]))",
        **{quantile_name(share): f"histogram_quantile({share}, {spread})" for share in QUANTILES},
    }


def _matchers(labels: Mapping[str, str]) -> str:
    # A Go string, as PromQL has it, takes every escape that JSON writes.
    pairs = (f"{name}={json.dumps(value)}" for name, value in sorted(labels.items()))
    return f"{{{','.join(pairs)}}}"
