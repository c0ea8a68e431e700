"""Whether a column may be seen yet: drafts and columns dated in the future are held back."""

from datetime import datetime

from columns.model import Standing


def standing_of(status: str, date: datetime | None, now: datetime) -> Standing:
    """Judge a column by its `Status:` header and its date against the build's `now`."""
    if status == "draft":
        return Standing.DRAFT
    if date is not None and date > now:
        return Standing.SCHEDULED
    return Standing.PUBLISHED
