"""The zones that times are told in. Imports no sibling."""

from datetime import timedelta, timezone
from typing import Final

JAPAN: Final = timezone(timedelta(hours=9))
CHINA: Final = timezone(timedelta(hours=8))
