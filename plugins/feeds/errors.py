"""What can be wrong with the feeds that plugins hand over.

FeedError    values that no valid feed can be made of
"""

from collections.abc import Iterable


class FeedError(Exception):
    """All problems at once, a line each."""

    complete = True  # the text says it all: a build prints nothing else

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("\n".join(problems))
