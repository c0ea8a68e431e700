"""Markdown to HTML as the house sets it: Python-Markdown and our own extensions.

Pure: the same text gives the same HTML, with links and images as written.
"""

from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from markdown import Extension, Markdown

from press.kept import Kept, edition
from typesetting.code_blocks import ReachableCode
from typesetting.fences import NestedFences
from typesetting.footnote_links import FootnoteLinks
from typesetting.quick_blocks import PlainParagraph
from typesetting.quick_inline import QuickInline
from typesetting.ruby import RubyInline
from typesetting.soft_breaks import SoftBreaks
from typesetting.standing_images import StandingImages
from typesetting.tables import HouseTables, TableLabels

_META = "markdown.extensions.meta"
"""Pelican's own reader adds it; it would eat a body that begins with `Note: …`."""

_FENCED = "fenced_code_block"
"""The stock preprocessor of fences, of priority 25; ours goes before it."""


class HouseStyle(Extension):
    """Everything this house adds to Markdown. To be registered last."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  Markdown's own name
        """Register each part; of the stock parts, tables and inline text are replaced."""
        if "|" not in md.ESCAPED_CHARS:
            md.ESCAPED_CHARS.append("|")
        # Every element is looked up several times; a list is searched from its beginning.
        md.block_level_elements = frozenset(md.block_level_elements)  # type: ignore[assignment]
        if _FENCED in md.preprocessors:
            stock = md.preprocessors[_FENCED]
            md.preprocessors.register(NestedFences(md, stock), "nested-fences", 26)
        md.parser.blockprocessors.register(HouseTables(md.parser), "table", 75)
        # Before all others; "empty", the first of them, has 100.
        md.parser.blockprocessors.register(PlainParagraph(md.parser), "plain-paragraph", 101)
        md.inlinePatterns.register(RubyInline(), "ruby", 175)
        md.treeprocessors.register(QuickInline(md), "inline", 20)
        # Behind "unescape" (0): all read finished text.
        md.treeprocessors.register(StandingImages(md), "standing-images", -5)
        md.treeprocessors.register(TableLabels(md), "table-labels", -10)
        md.treeprocessors.register(FootnoteLinks(md), "footnote-links", -15)
        # Behind "raw_html" (30) and "amp_substitute" (20): raw HTML is in place again.
        md.postprocessors.register(SoftBreaks(md), "soft-breaks", 10)
        md.postprocessors.register(ReachableCode(md), "reachable-code", 5)


class TypesetError(ValueError):
    """A text that cannot be typeset; the message says what its author can do."""

    complete = True  # for whoever tells it: see press.model.Fault


class Typesetter:
    """Turns Markdown bodies into HTML, each text once.

    `options` is Pelican's MARKDOWN setting (`extensions`, `extension_configs`,
    `output_format`). It is read at the first text, so that every plugin has had its turn
    to add an extension. `store` is a file with the HTML of earlier builds.
    """

    def __init__(  # Any: as Pelican's setting
        self, options: Mapping[str, Any], store: Path | None = None
    ) -> None:
        self._options = options
        self._store = store

    def typeset(self, body: str) -> str:
        """Return the HTML of a Markdown body. Raises TypesetError."""
        return self._kept.get("text", body, partial(self._converted, body))

    def keep(self) -> None:
        """Write what was typeset to the store, and nothing else that it may hold."""
        self._kept.save()

    def _converted(self, body: str) -> str:
        try:
            return self._markdown.reset().convert(body)
        except RecursionError:
            fault = "lists or quotations are nested too deeply; flatten them"
        except Exception as error:  # noqa: BLE001  one text must not take the others down
            fault = f"cannot be typeset: {type(error).__name__}: {error}"
        del self._markdown  # it stopped half-way, and the next text would go on from there
        raise TypesetError(fault)

    @cached_property
    def _kept(self) -> Kept:
        # An extension without a repr of its own has another in each run, so that nothing is kept.
        return Kept(self._store, edition(self._options))

    @cached_property
    def _markdown(self) -> Markdown:
        configs = dict(self._options.get("extension_configs", {}))
        asked = [*self._options.get("extensions", ())]
        asked += [name for name in configs if name not in asked]
        return Markdown(
            extensions=[*(each for each in asked if each != _META), HouseStyle()],
            extension_configs=configs,
            output_format=self._options.get("output_format", "html"),
        )
