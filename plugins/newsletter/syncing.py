"""People from a listmonk server: who reads there reads here, and who left there leaves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.addresses import name_fault, normalised
from newsletter.errors import AddressError, ListmonkError
from newsletter.listmonk import Json, Listmonk, MailingList
from newsletter.model import Consent
from newsletter.subscribers import Departure, Enrolled, Enrolment, Subscribers

_BATCH = 200


@dataclass
class _Batch:
    """Some of the server's people, and what became of all so far."""

    arrivals: list[Enrolment] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    done: Counter[Enrolled] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def sync(
    listmonk: Listmonk,
    people: Subscribers,
    languages: Sequence[str],
    now: int,
    *,
    insist: bool = False,
) -> list[str]:
    """Take over who subscribes and who does not, and return what a person should know.

    Raises ListmonkError, as where the server lacks most of those who came from it and one does
    not `insist`; what was taken over until then stays.
    """
    lists = {one.id: one for one in listmonk.lists(languages)}
    host, batch = listmonk.host, _Batch()
    for one in listmonk.subscribers():
        try:
            _sort(one, lists, host, batch)
        except (KeyError, TypeError, ValueError) as error:
            raise ListmonkError(
                f"{host}: a subscriber is not as listmonk has them: {error!r}"
            ) from error
        if len(batch.arrivals) + len(batch.departures) >= _BATCH:
            _take_over(people, host, batch, now)
    _take_over(people, host, batch, now)
    ranks = people.close_ranks(host, _source(host), now, insist=insist)
    if not ranks.closed:
        raise ListmonkError(
            f"{host}: lacks {ranks.gone:,} of the {ranks.known:,} people who came from there, and "
            "nobody was suspended for that. Look whether its lists are whole and are tagged; if "
            "they are, --insist suspends whoever is gone"
        )
    return [
        *batch.faults,
        f"{host}: {batch.done[Enrolled.NEW]:,} new, {batch.done[Enrolled.MERGED]:,} known before, "
        f"{batch.done[Enrolled.REMOVED]:,} kept out as they left here, "
        f"{ranks.gone:,} gone from there, {len(batch.faults):,} that cannot be taken",
    ]


def _take_over(people: Subscribers, host: str, batch: _Batch, now: int) -> None:
    batch.done.update(people.follow(host, batch.arrivals, batch.departures, now))
    batch.arrivals.clear()
    batch.departures.clear()


def _sort(one: Json, lists: Mapping[int, MailingList], host: str, batch: _Batch) -> None:
    """Put somebody where their lists of ours, and whether they may be written to, say."""
    try:
        address = normalised(one["email"])
    except AddressError as error:
        batch.faults.append(f"{host}: subscriber {one['id']}: {error}")
        return
    ours = [(lists[each["id"]], each) for each in one["lists"] if each["id"] in lists]
    reads = [
        (where, each) for where, each in ours if one["status"] == "enabled" and _on(where, each)
    ]
    gone = [(where, each) for where, each in ours if (where, each) not in reads]
    if reads:
        at = max(_moment(each.get("subscription_created_at"), one) for _, each in reads)
        langs = tuple(dict.fromkeys(where.lang for where, _ in reads))
        name = "" if name_fault(one["name"]) else one["name"]
        batch.arrivals.append(Enrolment(address, name, langs, Consent(at, _source(host))))
    if gone:
        at = max(_moment(each.get("subscription_updated_at"), one) for _, each in gone)
        kept = {where.lang for where, _ in reads}
        langs = tuple({where.lang for where, _ in gone} - kept)
        batch.departures.append(Departure(address, langs, at))


def _on(where: MailingList, each: Json) -> bool:
    """Tell whether listmonk itself would send to a subscription."""
    status = each["subscription_status"]
    return bool(status == "confirmed" or (status == "unconfirmed" and not where.double_optin))


def _moment(text: str | None, one: Json) -> int:
    """Return a moment as listmonk writes it, else when it last changed anything of somebody."""
    return int(datetime.fromisoformat(text or one["updated_at"]).timestamp())


def _source(host: str) -> str:
    return f"listmonk {host}"
