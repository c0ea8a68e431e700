"""A column as schema.org's BlogPosting, for search engines."""

import json
from typing import Any

from markupsafe import Markup

from bilingual.binder import LanguageBinder
from columns.model import Column, Work


def blog_posting(column: Column, work: Work, binder: LanguageBinder) -> Markup:
    """Return the JSON-LD of a column, safe to stand inside a script element."""
    language = binder.language(column.lang)
    url = binder.absolute(column.url)
    organization = {"@type": "Organization", "name": language.author}
    data: dict[str, Any] = {  # Any: JSON
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": url,
        "url": url,
        "headline": column.title,
        "description": column.summary,
        "inLanguage": column.lang,
        "datePublished": column.date.isoformat(),
        "dateModified": column.updated.isoformat(),
        "author": organization,
        "publisher": organization,
    }
    if column is work.original:
        others = [version for version in work.versions.values() if version is not column]
        if others:
            data["workTranslation"] = [{"@id": binder.absolute(other.url)} for other in others]
    else:
        data["translationOfWork"] = {"@id": binder.absolute(work.original.url)}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  no "<" is left in it
