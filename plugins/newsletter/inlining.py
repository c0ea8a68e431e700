"""The HTML part: a template's markup with its style where mail clients look for it."""

from collections.abc import Mapping
from pathlib import Path

import css_inline
import minify_html
from jinja2 import Template
from markupsafe import Markup


class MailPress:
    """Prints the HTML part of mails; `css` is the style of them all."""

    def __init__(self, template: Template, css: str) -> None:
        self._template = template
        self.css = css
        self._style = Markup(f"<style>{css}</style>")  # noqa: S704  the theme's own
        self._inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)

    def print(self, values: Mapping[str, object]) -> str:
        """Return the HTML part, each rule at its elements, the dark ones in the head."""
        markup = self._template.render(values, style=self._style, robots=None)
        return self._inliner.inline(markup)


def style_of(theme: Path) -> str:
    """Return the theme's style for mails, minified."""
    css = (theme / "static" / "css" / "mail.css").read_text("utf-8")
    minified = minify_html.minify(f"<style>{css}</style>", minify_css=True)
    return minified.removeprefix("<style>").removesuffix("</style>")
