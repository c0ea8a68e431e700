"""How long a text takes to read."""

import re

_UNREAD = re.compile(r"<(pre|svg|rt|rp)\b.*?</\1>|<[^>]*>", re.DOTALL)
"""Tags, and what is looked at rather than read."""

_CHARACTERS_A_MINUTE = 500
_WORDS_A_MINUTE = 220


def reading_minutes(html: str, lang: str) -> int:
    """Return the whole minutes a text takes, at least 1.

    Japanese and Chinese by characters (500 a minute), other languages by words (220).
    """
    words = _UNREAD.sub(" ", html).split()
    if lang.partition("-")[0] in {"ja", "zh"}:
        minutes = sum(map(len, words)) / _CHARACTERS_A_MINUTE
    else:
        minutes = len(words) / _WORDS_A_MINUTE
    return max(1, round(minutes))
