"""What publishing says of the newsletter in its receipt: pure."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby

from newsletter.model import Edition


def receipt_lines(
    editions: Iterable[Edition],
    counts: Mapping[str, int],
    begun: Collection[str],
    command: str = "invoke newsletter.send",
) -> list[str]:
    """Return a line for each column that could be sent: what, to how many, and the command.

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
