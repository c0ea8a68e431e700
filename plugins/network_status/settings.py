"""`content/status/network.toml` as frozen models: unknown keys rejected, all problems at once.

    [[sources]]         id, kind, and what the kind asks for
    [[vantage_points]]  id and name: the ends of routes, with or without a prober of their own
    [[controls]]        id, vantage, source, select: what must answer close to that prober
    [[groups]]          id and name, in the order of the page
    [[routes]]          id, name, group, vantage, target, source, select; and where they
                        differ from the defaults: probe, packets, interval_s, key, thresholds

A `name` has an entry per language of the site.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, ValidationError

from network_status.errors import NetworkSettingsError
from network_status.model import BIN_S, Probe
from network_status.sources import KINDS
from network_status.sources.contract import Selector, Source, Wanted
from network_status.status import Watched
from network_status.thresholds import Thresholds

RESERVED = frozenset({"incidents"})
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_M = TypeVar("_M", bound=BaseModel)

Raw = dict[str, Any]  # Any: a TOML table before it is checked
Name = Mapping[str, str]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str


class VantagePoint(_Table):
    """An end of routes."""

    name: Name


class Group(_Table):
    """A heading of the page and the routes below it."""

    name: Name


class Control(_Table):
    """A target close to a prober: where it does not answer either, the prober sees nothing.

    `packets` are sent every `interval_s` seconds; the kind of source has a default.
    """

    vantage: str
    source: str
    select: InstanceOf[Selector]
    packets: Annotated[int, Field(ge=1, le=10_000)] = 20
    interval_s: Annotated[int, Field(ge=1, le=BIN_S)] = 60

    @property
    def expected(self) -> int:
        """Return how many packets a whole five-minute bin should hold."""
        return self.packets * BIN_S // self.interval_s


class Route(Control):
    """What is measured from a vantage point to a target, in that direction."""

    name: Name
    group: str
    target: str
    probe: Probe = Probe.ICMP
    key: bool = False
    thresholds: Thresholds = Thresholds()


class Network(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[InstanceOf[Source], ...]
    vantage_points: tuple[VantagePoint, ...]
    controls: tuple[Control, ...] = ()
    groups: tuple[Group, ...]
    routes: tuple[Route, ...]

    @property
    def used(self) -> frozenset[str]:
        """Return the sources that a route or a control target names."""
        return frozenset(one.source for one in (*self.routes, *self.controls))

    def controls_at(self, place: str) -> tuple[str, ...]:
        """Return the control targets that vouch for the prober at a place."""
        return tuple(control.id for control in self.controls if control.vantage == place)

    def back_of(self, route: Route) -> tuple[str, ...]:
        """Return the routes in the opposite direction."""
        return tuple(
            other.id
            for other in self.routes
            if (other.vantage, other.target) == (route.target, route.vantage)
        )

    def along(self, route: Route) -> tuple[Route, ...]:
        """Return all routes from the same vantage point to the same target, this one included."""
        ends = (route.vantage, route.target)
        return tuple(other for other in self.routes if (other.vantage, other.target) == ends)

    def watched(self) -> tuple[Watched, ...]:
        """Return how each route is watched: another source or direction confirms it."""
        return tuple(
            Watched(
                route.id,
                self.controls_at(route.vantage),
                self.back_of(route) + self._from_elsewhere(route),
                route.interval_s,
                route.thresholds,
            )
            for route in self.routes
        )

    def wanted(self, source: str) -> tuple[Wanted, ...]:
        """Return what is asked of a source: routes and control targets."""
        series: tuple[Control, ...] = (*self.routes, *self.controls)
        return tuple(
            Wanted(one.id, one.select, one.expected) for one in series if one.source == source
        )

    def _from_elsewhere(self, route: Route) -> tuple[str, ...]:
        return tuple(other.id for other in self.along(route) if other.source != route.source)


def load(content: Path, languages: Iterable[str]) -> Network:
    """Read the file below `content/`. Raises NetworkSettingsError with every problem."""
    where = "content/status/network.toml"
    try:
        raw = tomllib.loads((content / "status" / "network.toml").read_text("utf-8-sig"))
    except FileNotFoundError:
        raise NetworkSettingsError([f"{where}: is missing; write one like the sample's"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NetworkSettingsError([f"{where}: {error}"]) from error
    reader = _Reader(raw, tuple(languages))
    network = reader.network()
    if network is None or reader.problems:
        raise NetworkSettingsError(f"{where}: {problem}" for problem in reader.problems)
    return network


class _Reader:
    """Turns the raw file into models and keeps every problem on the way."""

    def __init__(self, raw: Raw, languages: tuple[str, ...]) -> None:
        self._raw = raw
        self._languages = languages
        self.problems: list[str] = []

    def network(self) -> Network | None:
        """Return the network, or None where a model refused its table."""
        kinds = {str(table.get("id")): _kind_of(table) for _, table in self._tables("sources")}
        values = dict(self._raw)
        if found := self._tables("sources"):
            values["sources"] = [made for place in found for made in self._source(*place)]
        for name in ("controls", "routes"):
            if found := self._tables(name):
                values[name] = [table | self._select(at, table, kinds) for at, table in found]
        self._references()
        network = self._validated(Network, values, "")
        self.problems = list(dict.fromkeys(self.problems))
        return network

    def _tables(self, name: str) -> list[tuple[str, Raw]]:
        """Return the tables of one name with the path of each."""
        found = self._raw.get(name)
        if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
            return []  # the model says what is wrong with it
        return [(f"{name}[{n}]", table) for n, table in enumerate(found)]

    def _source(self, where: str, table: Raw) -> list[Source]:
        """Return the one source of a table, or none where it is refused."""
        kind = _kind_of(table)
        if kind is not None:
            made = self._validated(kind, table, where)
            return [made] if made else []
        known = ", ".join(sorted(KINDS))
        given = repr(table.get("kind"))
        self._note(f"{where}.kind", f"{given} is no kind of source; write one of: {known}")
        return []

    def _select(self, where: str, table: Raw, kinds: Mapping[str, type[Source] | None]) -> Raw:
        """Return `select` as its source's selector, and the packets that go with it."""
        kind = kinds.get(str(table.get("source")))
        if "select" not in table:
            return {}
        made = (
            self._validated(kind.selector, _given(kind, table), f"{where}.select") if kind else None
        )
        select = made or Selector()
        self._check_probe(where, table, select)
        return {"packets": table.get("packets", select.packets), "select": select}

    def _check_probe(self, where: str, table: Raw, select: Selector) -> None:
        """Note a route that says another probe than its selector, which is the one that is sent."""
        said, sent = table.get("probe", Probe.ICMP), getattr(select, "probe", None)
        if "group" in table and sent is not None and said != sent:
            self._note(f"{where}.probe", f'"{said}", but select probes by {sent}; write "{sent}"')

    def _validated(self, model: type[_M], values: Raw, where: str) -> _M | None:
        try:
            return model.model_validate(values)
        except ValidationError as error:
            for fault in error.errors():
                self._note(_path(where, fault["loc"]), _message(fault))
        return None

    # --- What no single table can know ---------------------------------------------------------

    def _references(self) -> None:
        ids = {name: self._ids(name) for name in ("sources", "vantage_points", "groups")}
        self._ids("controls", "routes")
        for where, table in (*self._tables("controls"), *self._tables("routes")):
            for key, name in _REFERENCES.items():
                if isinstance(table.get(key), str) and table[key] not in ids[name]:
                    self._note(f"{where}.{key}", _no_such(table[key], name, ids[name]))
        for where, table in self._tables("routes"):
            if table.get("id") in tuple(RESERVED):
                self._note(
                    f"{where}.id", f'"{table["id"]}" is an address of its own; choose another'
                )
            if table.get("vantage") == table.get("target") is not None:
                self._note(f"{where}.target", "is the vantage point itself; make it a [[controls]]")
        for name in ("vantage_points", "groups", "routes"):
            for where, table in self._tables(name):
                self._check_name(where, table.get("name"))

    def _ids(self, *names: str) -> list[str]:
        """Return the ids in some tables, which share one space of names."""
        found = [
            (where, table["id"])
            for name in names
            for where, table in self._tables(name)
            if "id" in table
        ]
        times = Counter(str(given) for _, given in found)
        for where, given in found:
            if not isinstance(given, str) or not _ID.fullmatch(given):
                self._note(
                    f"{where}.id",
                    f"{given!r} is no id; write a-z, 0-9 and hyphens, as in tokyo-shanghai",
                )
            elif times[given] > 1:
                self._note(
                    f"{where}.id", f'"{given}" is given {times[given]} times; an id is its own'
                )
        return list(times)

    def _check_name(self, where: str, name: object) -> None:
        if not isinstance(name, dict):
            return
        for lang in self._languages:
            if not str(name.get(lang, "")).strip():
                self._note(f"{where}.name", f'has no name in {lang}; write name.{lang} = "…"')
        for lang in name.keys() - set(self._languages):
            self._note(
                f"{where}.name.{lang}", f"is no language of this site: {', '.join(self._languages)}"
            )

    def _note(self, where: str, message: str) -> None:
        self.problems.append(f"{where}: {message}")


_REFERENCES = {
    "source": "sources",
    "vantage": "vantage_points",
    "target": "vantage_points",
    "group": "groups",
}


def _kind_of(table: Raw) -> type[Source] | None:
    return KINDS.get(str(table.get("kind")))


def _given(kind: type[Source], table: Raw) -> Raw:
    """Return `select`, with the route's probe where it has one to say and does not."""
    takes = "probe" in kind.selector.model_fields and table.get("probe") in tuple(Probe)
    select: Raw = table["select"]
    return {"probe": table["probe"], **select} if takes and isinstance(select, dict) else select


def _no_such(given: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = get_close_matches(given, known, 1) or known[:1]
    meant = f'; did you mean "{near[0]}"?' if near else ""
    return f'"{given}" is no id in [[{name}]]{meant}'


def _path(where: str, loc: Iterable[int | str]) -> str:
    path = where
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")


def _message(fault: Mapping[str, Any]) -> str:  # Any: pydantic's own record of a fault
    plain = {
        "missing": "is missing",
        "extra_forbidden": "unknown key; delete it or mend its spelling",
    }
    if fault["type"] in {*plain, "ratio", "order"}:
        return plain.get(fault["type"], str(fault["msg"]))
    said = str(fault["msg"])
    return f"{fault['input']!r}: {said[:1].lower()}{said[1:]}"
