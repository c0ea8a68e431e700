"""Blocks of code: they scroll by themselves on a phone, so keys must reach them (WCAG 2.1.1)."""

from markdown.postprocessors import Postprocessor


class ReachableCode(Postprocessor):
    """Lets blocks of code take the focus, fenced and indented ones alike."""

    def run(self, text: str) -> str:
        """Return the page's HTML with every block of code in the order of the Tab key."""
        return text.replace("<pre><code", '<pre tabindex="0"><code')
