"""Bins, measurements, routes and networks with good defaults."""

import json

from network_status import histogram
from network_status.model import BIN_S, Bin, Measurement
from network_status.status import Observed, route_status
from network_status.thresholds import Thresholds

T0 = 1_718_841_600
"""2024-06-20 00:00 UTC, a whole day."""
LIMITS = Thresholds()


def times(count, rtt_ms=50.0):
    """`count` round-trip times at about the same value."""
    return histogram.of_buckets({histogram.bucket_of(rtt_ms): count} if count else {})


def bin_(number, lost=0, sent=100, *, expected=100, rtt_ms=50.0, blind=False):
    """The bin of the slot `number` after T0."""
    return Bin(T0 + number * BIN_S, sent, lost, expected, times(sent - lost, rtt_ms), (), blind)


def bins(*lost, first=0, **values):
    """Bins in a row that lost so many of 100; None is a missing bin."""
    numbered = enumerate(lost, first)
    return [bin_(number, n, **values) for number, n in numbered if n is not None]


def measurement(route="tokyo-shanghai", number=0, round_="r1", sent=20, lost=0, **values):
    """A round within the slot `number` after T0."""
    defaults = {
        "start": T0 + number * BIN_S,
        "expected": 100,
        "rtt": times(max(0, sent - lost), values.pop("rtt_ms", 50.0)),
    }
    return Measurement(route=route, round=round_, sent=sent, lost=lost, **defaults | values)


def status_of(own, now=None, limits=LIMITS, notices=(), **observed):
    """The status of a route at the end of its newest bin, or at `now` (slots after T0)."""
    end = max((b.start + BIN_S for b in own), default=T0) if now is None else T0 + now * BIN_S
    return route_status("tokyo-shanghai", Observed(own, **observed), limits, notices, end)


def table(name, /, **values):
    """A table of network.toml; a value that is a dict becomes an inline table."""
    return "\n".join([f"[[{name}]]", *(f"{key} = {_toml(v)}" for key, v in values.items()), ""])


def _toml(value):
    if isinstance(value, dict):
        pairs = ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items())
        return f"{{ {pairs} }}"
    return json.dumps(value, ensure_ascii=False)


def names(name, languages=("en",)):
    """The same name in each language."""
    return dict.fromkeys(languages, name)


def places(*languages):
    """Tokyo, Shanghai, and a group for all routes."""
    return "".join(
        (
            table("vantage_points", id="tokyo", name=names("Tokyo", languages)),
            table("vantage_points", id="shanghai", name=names("Shanghai", languages)),
            table("groups", id="all", name=names("All", languages)),
        )
    )


PLACES = places("en")


def route_table(id_, source, select, **values):
    """The table of a route from Tokyo to Shanghai."""
    defaults = {"vantage": "tokyo", "target": "shanghai", "group": "all"}
    head = {"id": id_, "name": names(id_), "source": source}
    return table("routes", **head | defaults | values, select=select)


def write_network(content, *tables, places=PLACES):
    """Write content/status/network.toml; returns the content folder."""
    folder = content / "status"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "network.toml").write_text(places + "".join(tables))
    return content
