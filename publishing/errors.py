"""What publishing refuses, and what stops it.

PublishingError
├── Refused        a push that breaks a rule; its problems, a line each, go to the pusher
├── Unsafe         pushed content that must not reach the disk; a Refused
├── Busy           another build or release goes on for too long
├── BuildFailed    the build ended without a site: time, memory, disk, a fault of ours
├── ReleaseError   a release that cannot be made, found or switched to
├── RefreshError   the status cannot be refreshed, explained or aged as asked
├── ServerError    a server that cannot be installed or upgraded as asked
└── RemoteError    a remote that cannot be published to
"""

from collections.abc import Iterable


class PublishingError(Exception):
    """Anything of publishing that a person must hear of; its text is complete."""


class Refused(PublishingError):  # noqa: N818  said as the pusher reads it
    """A push that is refused, with all its problems."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Unsafe(Refused):
    """Content that must not reach the disk."""


class Busy(PublishingError):  # noqa: N818  likewise
    """The lock that another holds and does not give up in time."""


class BuildFailed(PublishingError):  # noqa: N818  likewise
    """A build that did not end, or not with a site."""


class ReleaseError(PublishingError):
    """A release that cannot be made, found or switched to."""


class RefreshError(PublishingError):
    """The status cannot be refreshed, explained or aged as asked."""

    complete = True  # the text says it all: nothing else is told


class ServerError(PublishingError):
    """A server that cannot be installed or upgraded as asked."""


class RemoteError(PublishingError):
    """A remote that cannot be published to."""
