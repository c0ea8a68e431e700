"""Links in Markdown made whole, for whoever passes the Markdown on as it is.

A notice is read on pages, in feeds, as JSON and in a terminal: nowhere there does a path that
an author wrote lead anywhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from typesetting.links import Linker, references_in


@dataclass(frozen=True, slots=True)
class WholeLinks:
    """Writes whole addresses for the references in Markdown.

    `linker` resolves them to whole addresses, `typeset` tells which there are.
    """

    linker: Linker
    typeset: Callable[[str], str]

    def __call__(self, markdown: str, path: str, lang: str) -> tuple[str, tuple[str, ...]]:
        """Return the Markdown of the text at `path`, and the faults: what leads nowhere."""
        faults: list[str] = []
        for reference in references_in(self.typeset(markdown)):
            try:
                found = self.linker.destination(reference, path, lang)
            except ValueError as error:
                faults.append(str(error))
            else:
                markdown = _replaced(markdown, reference, found[0]) if found else markdown
        return markdown, (*faults, *self._left(markdown, path, lang, faults))

    def _left(self, markdown: str, path: str, lang: str, known: list[str]) -> Iterator[str]:
        """Yield a fault for each reference that could not be found in the Markdown."""
        if known:
            return
        for reference in references_in(self.typeset(markdown)):
            if self.linker.destination(reference, path, lang):
                yield f'link "{reference}": write it as [words](path), without escapes'


def _replaced(markdown: str, reference: str, whole: str) -> str:
    """Put an address where the reference stands as a link's destination, in any of its forms."""
    destination = re.compile(
        rf"""(\]\(\s*<?|^\s*\[[^\]\n]+\]:\s*<?|href=["']?){re.escape(reference)}(?=[\s>"')]|$)""",
        re.MULTILINE,
    )
    return destination.sub(lambda found: f"{found[1]}{whole}", markdown)
