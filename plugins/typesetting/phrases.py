"""Titles that break between phrases, never inside one (BudouX)."""

from functools import cache
from html import escape

import budoux

_LOADERS = {
    "ja": budoux.load_default_japanese_parser,
    "zh-Hans": budoux.load_default_simplified_chinese_parser,
    "zh-Hant": budoux.load_default_traditional_chinese_parser,
    "th": budoux.load_default_thai_parser,
}


def break_phrases(title: str, lang: str) -> str:
    """Return a title as HTML with `<wbr>` between its phrases, where `lang` has no spaces."""
    if lang not in _LOADERS or title.isascii():
        return escape(title)
    return "<wbr>".join(escape(phrase) for phrase in _parser(lang).parse(title))


@cache
def _parser(lang: str) -> budoux.Parser:
    """Load a language's model, about a tenth of a second, at its first title."""
    return _LOADERS[lang]()
