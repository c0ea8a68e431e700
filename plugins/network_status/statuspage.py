"""The status in the form of Statuspage v2, so that clients that know it read us.

Names are in the default language. What has no word there is said in the nearest that is not
better: unknown is `degraded_performance`, with the indicator `minor` and a description.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from network_status.documents import (
    GroupDocument,
    PageDocument,
    ReportDocument,
    RouteDocument,
    StatusDocument,
    UpdateDocument,
    state_said,
)
from network_status.model import State

ZONE: Final = "Asia/Tokyo"
_COMPONENT: Final = {
    State.OPERATIONAL: "operational",
    State.MAINTENANCE: "under_maintenance",
    State.UNKNOWN: "degraded_performance",
    State.DEGRADED: "degraded_performance",
    State.OUTAGE: "major_outage",
}
_INDICATOR: Final = {
    State.OPERATIONAL: "none",
    State.MAINTENANCE: "maintenance",
    State.UNKNOWN: "minor",
    State.DEGRADED: "minor",
    State.OUTAGE: "major",
}
_IMPACT: Final = {"degraded": "minor", "outage": "major", "maintenance": "maintenance"}

Json = dict[str, Any]  # Any: a document in somebody else's format
_RESOLVED: Final = frozenset({"resolved", "postmortem", "completed"})


PAGE: Final = "atogaki"


def documents(status: StatusDocument) -> Iterator[tuple[str, Json]]:
    """Yield the documents by name."""
    page = status["page"]
    lang = page["lang"]
    about: Json = {
        "id": PAGE,
        "name": page["name"],
        "url": page["url"],
        "time_zone": ZONE,
        "updated_at": status["built_at"],
    }
    overall = {"indicator": _INDICATOR[State(status["state"])], "description": _said(status, lang)}
    components = list(_components(status, lang))
    incidents = [_incident(r, page, lang, components) for r in status["reports"]]
    planned = [one for one in incidents if one["impact"] == "maintenance"]
    others = [one for one in incidents if one["impact"] != "maintenance"]
    open_ = [one for one in others if one["status"] not in _RESOLVED]
    coming = [one for one in planned if one["status"] not in _RESOLVED]
    yield "status", {"page": about, "status": overall}
    yield "components", {"page": about, "components": components}
    yield "incidents", {"page": about, "incidents": others}
    yield "scheduled-maintenances", {"page": about, "scheduled_maintenances": planned}
    yield (
        "summary",
        {
            "page": about,
            "status": overall,
            "components": components,
            "incidents": open_,
            "scheduled_maintenances": coming,
        },
    )


def _said(status: StatusDocument, lang: str) -> str:
    """Return the state in words; of an unknown one, since when, and of any, until when."""
    if status["state"] == State.UNKNOWN:
        return f"Unknown since {status['since'] or status['observed_until'] or 'the beginning'}"
    return f"{status['headline'][lang]} (valid until {status['valid_until']})"


def _components(status: StatusDocument, lang: str) -> Iterator[Json]:
    for position, group in enumerate(status["groups"], 1):
        members = [route for route in status["routes"] if route["group"] == group["id"]]
        yield _group(group, members, status, lang, position)
        for place, route in enumerate(members, 1):
            yield _component(route, status, lang, place)


def _group(
    group: GroupDocument,
    members: list[RouteDocument],
    status: StatusDocument,
    lang: str,
    position: int,
) -> Json:
    return {
        "id": f"group-{group['id']}",
        "name": group["name"][lang],
        "status": _COMPONENT[State(group["state"])],
        "created_at": status["built_at"],
        "updated_at": status["built_at"],
        "position": position,
        "description": None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": PAGE,
        "group": True,
        "only_show_if_degraded": False,
        "components": [route["id"] for route in members],
    }


def _component(route: RouteDocument, status: StatusDocument, lang: str, position: int) -> Json:
    state = State(route["state"])
    since = route["since"] or route["observed_until"] or status["built_at"]
    return {
        "id": route["id"],
        "name": route["name"][lang],
        "status": _COMPONENT[state],
        "created_at": since,
        "updated_at": since,
        "position": position,
        "description": _about(route, since, status["words"][lang]),
        "showcase": route["key"],
        "start_date": None,
        "group_id": f"group-{route['group']}",
        "page_id": PAGE,
        "group": False,
        "only_show_if_degraded": False,
    }


def _about(route: RouteDocument, since: str, words: Mapping[str, str]) -> str | None:
    """Return what a component's status has no word for."""
    if route["state"] == State.UNKNOWN:
        return f"Unknown since {since}"
    said = state_said(route, words)
    return None if said == words[route["state"]] else said


def _incident(
    report: ReportDocument, page: PageDocument, lang: str, components: list[Json]
) -> Json:
    updates = [_update(report, update, lang) for update in report["updates"]]
    first, last = updates[-1], updates[0]
    closed = report["stage"] in _RESOLVED
    incident: Json = {
        "id": report["id"],
        "name": _in(report["title"], lang),
        "status": _word(report["stage"]),
        "created_at": first["created_at"],
        "updated_at": last["updated_at"],
        "monitoring_at": next(
            (one["created_at"] for one in reversed(updates) if one["status"] == "monitoring"), None
        ),
        "resolved_at": report["ended"] if closed else None,
        "started_at": report["started"],
        "impact": _IMPACT[report["severity"]],
        "shortlink": f"{page['url']}incidents/{report['id']}/",
        "page_id": PAGE,
        "incident_updates": updates,
        "components": [one for one in components if one["id"] in report["routes"]],
    }
    if report["severity"] == State.MAINTENANCE:
        incident |= {"scheduled_for": report["started"], "scheduled_until": report["ended"]}
    return incident


def _update(report: ReportDocument, update: UpdateDocument, lang: str) -> Json:
    return {
        "id": f"{report['id']}@{update['at']}",
        "status": _word(update["stage"]),
        "body": _in(update["text"], lang),
        "incident_id": report["id"],
        "created_at": update["at"],
        "updated_at": update["at"],
        "display_at": update["at"],
        "affected_components": None,
        "deliver_notifications": False,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _word(stage: str) -> str:
    return stage.replace("-", "_")


def _in(texts: dict[str, str], lang: str) -> str:
    return texts.get(lang) or next(iter(texts.values()))
