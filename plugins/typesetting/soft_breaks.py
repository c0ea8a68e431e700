"""Line breaks in the source beside full-width text are no space on the page.

Browsers turn a line break into a space. Between words that is right; in Japanese and
Chinese it tears a gap wherever the author wrapped a line (CSS Text 3 §4.1.3 leaves the
rule to browsers, and they differ; feeds and mail have none). So a break goes where the
characters on either side meet, as in headers.
"""

import re

from markdown.postprocessors import Postprocessor
from markdown.util import ETX, STX

from columns.source import meet

_HIDDEN_BREAK = f"{STX}verbatim-break{ETX}"
_MAY_BE_WIDE = re.compile("[\u2e80-\U0010ffff]")
_VERBATIM = re.compile(r"<(pre|code|textarea|script|style)\b.*?</\1>", re.DOTALL)

_INLINE_TAG = (
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|rb|ruby|s|samp|small"
    r"|span|strong|sub|sup|time|u|var)\b[^<>]*>"
)
_BESIDE_THE_LINE = r"<r[tp]\b[^<>]*>[^<]*</r[tp]>|<sup\b[^<>]*><a\b[^<>]*>[^<]+</a></sup>"
"""A reading stands above its word and a footnote's number above the line's end."""

_TRAILING = re.compile(rf"(?:{_BESIDE_THE_LINE}|{_INLINE_TAG})*$")
_LEADING = re.compile(rf"(?:{_INLINE_TAG})*")


def join_soft_breaks(html: str) -> str:
    """Return the HTML without line breaks beside full-width text, code untouched."""
    if not _MAY_BE_WIDE.search(html):
        return html
    shielded = _VERBATIM.sub(lambda found: found[0].replace("\n", _HIDDEN_BREAK), html)
    before, *lines = shielded.split("\n")
    joined = [before]
    for line in lines:
        if _meet(before, line):
            joined[-1] = joined[-1].rstrip(" \t")
            joined.append(line.lstrip(" \t"))
        else:
            joined += ["\n", line]
        before = line
    return "".join(joined).replace(_HIDDEN_BREAK, "\n")


class SoftBreaks(Postprocessor):
    """Joins soft line breaks in a finished page."""

    def run(self, text: str) -> str:
        """Return the page's HTML with its soft breaks joined."""
        return join_soft_breaks(text)


def _last_seen(line: str) -> str:
    """Return the last character that the line shows; `>` where a block ends."""
    line = line.rstrip(" \t")
    if line.endswith(">") and (tags := _TRAILING.search(line)):
        line = line[: tags.start()]
    return line[-1:]


def _first_seen(line: str) -> str:
    """Return the first character that the line shows; `<` where a block begins."""
    line = line.lstrip(" \t")
    if line.startswith("<") and (tags := _LEADING.match(line)):
        line = line[tags.end() :]
    return line[:1]


def _meet(before: str, line: str) -> bool:
    """Tell whether nothing stands between what two lines show where they touch."""
    first = _first_seen(line)
    if first in {"", "<"}:
        return False
    last = _last_seen(before)
    if last in {"", ">"}:
        return False
    return meet(last, first)
