"""What publishing says of the newsletter in its receipt."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from newsletter.desk import Desk
from newsletter.errors import SendRefused
from newsletter.ledger import Ledger
from newsletter.model import Edition
from newsletter.release import in_folder
from newsletter.subscribers import Subscribers


def receipt_of(desk: Desk, release: Path, slugs: Iterable[str], command: str) -> list[str]:
    """Return the lines of the columns that a release brings; none where nobody subscribes.

    Raises NewsletterError.
    """
    if not desk.store_path.exists():
        return []
    editions: list[Edition] = []
    for slug in slugs:
        with suppress(SendRefused):  # a column without a mail
            editions += in_folder(release, slug, desk.languages)
    with desk.open_store() as store:
        begun = [one.id for one in editions if Ledger(store, one.id).record()]
        return receipt_lines(editions, Subscribers(store).counts(), begun, command)


def receipt_lines(
    editions: Iterable[Edition],
    counts: Mapping[str, int],
    begun: Collection[str],
    command: str = "invoke newsletter.send",
) -> list[str]:
    """Return a line for each column that could be sent: what, to how many, and the command; pure.

    `counts` are the subscribers by language, `begun` the ids of editions whose sending began.
    """
    waiting = [one for one in editions if one.id not in begun and counts.get(one.lang)]
    waiting.sort(key=lambda one: (one.slug, one.lang))
    return [
        f"newsletter: {slug} would go to "
        + ", ".join(f"{counts[one.lang]:,} ({one.lang})" for one in group)
        + f": {command} {slug}"
        for slug, group in groupby(waiting, key=lambda one: one.slug)
    ]
