"""The settings: what they say, and what they answer to mistakes."""

import tomllib
from contextlib import suppress
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_status import settings
from network_status.errors import NetworkSettingsError
from network_status.settings import load
from network_status.sources import KINDS
from network_status.sources.contract import Source
from network_status.thresholds import Thresholds
from tests.network_status.builders import route_table, table, write_network

CONTENT = Path(__file__).parents[2] / "content"
LANGUAGES = ("ja", "en")

NETWORK = """
[[sources]]
id = "lab"
kind = "recording"

[[vantage_points]]
id = "tokyo"
name = { ja = "東京", en = "Tokyo" }

[[vantage_points]]
id = "dalian"
name = { ja = "大連", en = "Dalian" }

[[controls]]
id = "tokyo-control"
vantage = "tokyo"
source = "lab"
select = { series = "tokyo-control" }

[[groups]]
id = "all"
name = { ja = "すべて", en = "All" }

[[routes]]
id = "tokyo-dalian"
name = { ja = "東京→大連", en = "Tokyo → Dalian" }
group = "all"
vantage = "tokyo"
target = "dalian"
source = "lab"
select = { series = "tokyo-dalian" }

[[routes]]
id = "dalian-tokyo"
name = { ja = "大連→東京", en = "Dalian → Tokyo" }
group = "all"
vantage = "dalian"
target = "tokyo"
source = "lab"
select = { series = "dalian-tokyo" }
"""


@pytest.fixture
def write(tmp_path):
    """Write a network.toml and return the folder that stands for content/."""

    def write(text):
        file = tmp_path / "status" / "network.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        return tmp_path

    return write


def problems_of(content, languages=LANGUAGES):
    with pytest.raises(NetworkSettingsError) as raised:
        load(content, languages)
    return [
        line.removeprefix("content/status/network.toml: ") for line in str(raised.value).split("\n")
    ]


def test_the_sample_site_has_eight_routes_of_which_three_are_key():
    network = load(CONTENT, LANGUAGES)
    assert (8, 3, 5) == (
        len(network.routes),
        sum(route.key for route in network.routes),
        len(network.controls),
    )


def test_a_route_is_vouched_for_at_its_own_end_and_confirmed_by_the_other_direction(write):
    there, back = load(write(NETWORK), LANGUAGES).watched()
    assert (("tokyo-control",), ("dalian-tokyo",)) == (there.controls, there.peers)
    assert ((), ("tokyo-dalian",)) == (back.controls, back.peers)
    assert Thresholds() == there.thresholds


def test_a_second_source_confirms_and_another_kind_of_probe_from_the_same_one_does_not(write):
    second = NETWORK.replace('id = "lab"', 'id = "other"', 1)[: NETWORK.index("[[vantage") + 2]
    third = """
[[routes]]
id = "{id}"
name = {{ ja = "三", en = "Third" }}
group = "all"
vantage = "tokyo"
target = "dalian"
probe = "tcp"
source = "{source}"
select = {{ series = "third" }}
"""
    tcp = third.format(id="by-tcp", source="lab") + third.format(id="elsewhere", source="other")
    network = load(write(second + NETWORK + tcp), LANGUAGES)
    assert ("dalian-tokyo", "elsewhere") == network.watched()[0].peers
    assert ["tokyo-dalian", "by-tcp", "elsewhere"] == [
        route.id for route in network.along(network.routes[0])
    ]


@pytest.mark.parametrize(
    ("probe", "select", "expected"),
    [
        ({"probe": "tcp"}, {}, "tcp"),
        ({"probe": "tcp"}, {"probe": "tcp"}, "tcp"),
        ({}, {}, "icmp"),
    ],
)
def test_prometheus_is_asked_for_the_probe_of_the_route(tmp_path, probe, select, expected):
    """Asked for the times of another, it would have none, and no delay would ever be judged."""
    assert expected == prometheus(tmp_path, probe, select).routes[0].select.probe


@pytest.mark.parametrize(
    ("probe", "select", "problem"),
    [
        ({"probe": "tcp"}, {"probe": "dns"}, '"tcp", but select probes by dns; write "dns"'),
        ({}, {"probe": "http"}, '"icmp", but select probes by http; write "http"'),
    ],
)
def test_a_route_and_its_selector_name_the_same_probe(tmp_path, probe, select, problem):
    with pytest.raises(NetworkSettingsError) as caught:
        prometheus(tmp_path, probe, select)
    assert f"content/status/network.toml: routes[0].probe: {problem}" == str(caught.value)


def prometheus(tmp_path, probe, select):
    """A network with one route that a Prometheus measures."""
    source = table("sources", id="p", kind="prometheus", url="https://prometheus.example")
    route = route_table("a", "p", {"labels": {"job": "a"}} | select, **probe)
    return load(write_network(tmp_path, source, route), ["en"])


STRANGE = [["x"], {"x": 1}, 7, True, 1.5, "2024-06-20"]


@given(
    at=st.sampled_from(["sources", "vantage_points", "controls", "groups", "routes"]),
    key=st.sampled_from(["id", "name", "vantage", "target", "source", "group", "probe", "select"]),
    value=st.sampled_from(STRANGE),
)
def test_a_value_of_any_type_is_named_and_no_crash(tmp_path_factory, at, key, value):
    """Every value of every table may be anything that TOML has."""
    raw = tomllib.loads(NETWORK)
    raw[at][0][key] = value
    folder = tmp_path_factory.mktemp("content")
    text = "".join(table(name, **one) for name, tables in raw.items() for one in tables)
    (folder / "status").mkdir()
    (folder / "status" / "network.toml").write_text(text, "utf-8")
    with suppress(NetworkSettingsError):
        load(folder, LANGUAGES)


def test_a_byte_order_mark_changes_nothing(write):
    assert load(write(NETWORK), LANGUAGES) == load(write("\ufeff" + NETWORK), LANGUAGES)


def test_a_source_is_asked_for_its_routes_and_control_targets(write):
    wanted = load(write(NETWORK), LANGUAGES).wanted("lab")
    assert ["tokyo-dalian", "dalian-tokyo", "tokyo-control"] == [one.series for one in wanted]
    assert [100, 100, 100] == [one.expected for one in wanted]


def test_a_bin_should_hold_the_packets_of_its_rounds(write):
    slower = NETWORK.replace('group = "all"', 'group = "all"\npackets = 10\ninterval_s = 150')
    assert 20 == load(write(slower), LANGUAGES).wanted("lab")[0].expected


EXTRA = "delete it or mend its spelling"
LIMITS = '[routes.thresholds]\n{}\n\n[[routes]]\nid = "dalian-tokyo"'


def limits(text):
    return ('[[routes]]\nid = "dalian-tokyo"', LIMITS.format(text))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (*limits("loss = 60"), "routes[0].thresholds.loss: 60 is not a ratio; write 0.6 for 60 %"),
        (
            *limits("bin_loss = 25.5"),
            "routes[0].thresholds.bin_loss: 25.5 is not a ratio; write 0.255 for 25.5 %",
        ),
        (*limits("loss = 0"), "routes[0].thresholds.loss: 0 is not a ratio; write 0.6 for 60 %"),
        (
            *limits("loss = true"),
            "routes[0].thresholds.loss: True is not a ratio; write 0.6 for 60 %",
        ),
        (
            *limits("loss = 0.2"),
            "routes[0].thresholds: clear_loss, loss, bin_loss and outage_loss must not fall; "
            "write them like 0.02, 0.03, 0.1 and 0.5",
        ),
        (*limits("lost = 0.2"), "routes[0].thresholds.lost: unknown key; {extra}"),
        (
            *limits("slow_ms = -1"),
            "routes[0].thresholds.slow_ms: -1: input should be greater than or equal to 0",
        ),
        (
            'id = "tokyo-dalian"',
            'id = "incidents"',
            'routes[0].id: "incidents" is an address of its own; choose another',
        ),
        (
            'id = "tokyo-dalian"',
            'id = "Tokyo Dalian"',
            "routes[0].id: 'Tokyo Dalian' is no id; "
            "write a-z, 0-9 and hyphens, as in tokyo-shanghai",
        ),
        (
            'id = "tokyo-control"',
            'id = "tokyo-dalian"',
            'controls[0].id: "tokyo-dalian" is given 2 times; an id is its own',
        ),
        (
            'target = "dalian"',
            'target = "dailan"',
            'routes[0].target: "dailan" is no id in [[vantage_points]]; did you mean "dalian"?',
        ),
        (
            'target = "dalian"',
            'target = "tokyo"',
            "routes[0].target: is the vantage point itself; make it a [[controls]]",
        ),
        (
            'source = "lab"',
            'source = "lap"',
            'controls[0].source: "lap" is no id in [[sources]]; did you mean "lab"?',
        ),
        (
            'group = "all"',
            'group = "none"',
            'routes[0].group: "none" is no id in [[groups]]; did you mean "all"?',
        ),
        ('ja = "東京→大連", ', "", 'routes[0].name: has no name in ja; write name.ja = "…"'),
        (
            'ja = "東京"',
            'ja = " "',
            'vantage_points[0].name: has no name in ja; write name.ja = "…"',
        ),
        (
            'ja = "すべて"',
            'ja = "すべて", fr = "Tout"',
            "groups[0].name.fr: is no language of this site: ja, en",
        ),
        (
            'kind = "recording"',
            'kind = "crystal-ball"',
            "sources[0].kind: 'crystal-ball' is no kind of source; write one of: {kinds}",
        ),
        (
            'kind = "recording"',
            'kind = "recording"\nurl = "x"',
            "sources[0].url: unknown key; {extra}",
        ),
        (
            'series = "tokyo-dalian"',
            'serie = "tokyo-dalian"',
            "routes[0].select.serie: unknown key; {extra}",
        ),
        (
            'group = "all"',
            'group = "all"\ninterval_s = 600',
            "routes[0].interval_s: 600: input should be less than or equal to 300",
        ),
        ('vantage = "dalian"\n', "", "routes[1].vantage: is missing"),
        ("[[sources]]", "[network]\nx = 1\n\n[[sources]]", "network: unknown key; {extra}"),
    ],
)
def test_a_mistake_is_told_with_its_place(write, old, new, message):
    assert old in NETWORK
    wanted = message.replace("{kinds}", ", ".join(sorted(KINDS))).replace("{extra}", EXTRA)
    assert wanted in problems_of(write(NETWORK.replace(old, new, 1)))


def test_all_problems_are_told_at_once_each_a_single_time(write):
    text = NETWORK.replace("interval", "").replace('target = "dalian"', 'target = "x"\nbogus = 1')
    text = text.replace('kind = "recording"', 'kind = "none"').replace('en = "All"', 'en = ""')
    found = problems_of(write(text))
    assert sorted(set(found)) == sorted(found)
    assert {"sources[0].kind", "routes[0].target", "routes[0].bogus", "groups[0].name"} <= {
        problem.split(": ")[0] for problem in found
    }


@pytest.mark.parametrize("text", ["routes = 1", "[[routes]]\nid = 1", "sources = [1]", "x = ["])
def test_nonsense_is_told_and_never_a_traceback(write, text):
    assert problems_of(write(text))


def test_a_missing_file_is_told(tmp_path):
    assert ["is missing; write one like the sample's"] == problems_of(tmp_path)


def test_every_kind_of_source_is_a_file_and_a_row_of_the_registry():
    folder = Path(settings.__file__).parent / "sources"
    names = [f"network_status.sources.{file.stem}" for file in sorted(folder.glob("[a-z]*.py"))]
    found = {
        thing
        for name in names
        for thing in vars(import_module(name)).values()
        if isinstance(thing, type) and issubclass(thing, Source) and thing.__module__ == name
    }
    assert {kind for kind in found if not isabstract(kind)} == set(KINDS.values())
    assert [[word] for word in KINDS] == [
        [*get_args(kind.model_fields["kind"].annotation)] for kind in KINDS.values()
    ]
