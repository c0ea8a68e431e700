"""From the sources to a picture: pull, keep, judge."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from network_status import incident_files
from network_status.conf import STORE, Settings
from network_status.errors import HistoryLost
from network_status.history import History
from network_status.incidents import Report
from network_status.intake import Pulled, policy_of, pull
from network_status.picture import Kept, Picture, take
from network_status.settings import Network, load
from network_status.watching import forget_early, watch


@dataclass(frozen=True, slots=True)
class Observation:
    """What there is to see at `NOW`, how the pull went, and what a person should know of it.

    `revision` is that of the history which all of it rests on.
    """

    picture: Picture
    kept: Kept
    revision: int
    pulled: Pulled
    messages: tuple[str, ...]


def observe(settings: Settings, languages: Iterable[str]) -> Observation:
    """Pull from the sources, judge, and return the picture at the settings' `NOW`.

    A history that turns out to be broken is begun anew. Raises NetworkStatusError.
    """
    languages = tuple(languages)
    content = Path(settings["PATH"])
    network = load(content, languages)
    reports = incident_files.load(content, [route.id for route in network.routes], languages)
    try:
        return _observe(settings, network, reports)
    except HistoryLost as lost:
        made = _observe(settings, network, reports)
        return replace(made, messages=(str(lost), *made.messages))


def _observe(settings: Settings, network: Network, reports: Iterable[Report]) -> Observation:
    now = int(settings["NOW"].timestamp())
    with History(Path(settings.get("STATUS_STORE", STORE)), now) as history:
        policy = policy_of(settings, os.environ)
        if policy.live:
            forget_early(history, now)
        pulled = pull(network, history, policy, now)
        notices = [report.notice for report in reports if report.published <= now]
        revision = history.revision()
        kept = watch(network, history, notices, now)
        messages = (*([history.message] if history.message else ()), *pulled.advice)
        picture = take(network, kept, reports, now)
        return Observation(picture, kept, revision, pulled, messages)
