"""What root puts in place: nginx's files and systemd's units, from the templates in `server/`.

Copied, not linked: a file that the site's user can write and root's programs read would hand
the machine to whoever gets hold of that user.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publishing import headers
from publishing.layout import Layout
from publishing.model import HASHED, OF_STATUS
from publishing.settings import ServerSettings

_TEMPLATES = Path(__file__).parent / "server"

NGINX = Path("/etc/nginx/conf.d")
SYSTEMD = Path("/etc/systemd/system")

ENDPOINT = "/newsletter"
"""The path that nginx hands on to `web.newsletter`."""

_ENABLED = ("worker.timer", "status.timer", "deadman.timer", "redirects.path")
_ENABLED_FOR_NEWSLETTER = ("newsletter.service", "newsletter-upgrade.path")

WEIGHTS = (
    r"(?:;\s*q=1(?:\.0*)?)?",
    *(rf";\s*q=0?\.{tenth}[0-9]*" for tenth in range(9, 0, -1)),
    r";\s*q=0?\.0[0-9]*[1-9][0-9]*",
)
"""A language's weight in Accept-Language, tenth by tenth, the highest first; never 0."""


def files(
    layout: Layout, settings: ServerSettings, languages: Sequence[str], user: str
) -> Mapping[Path, str]:
    """Return the text of every file by the place where root puts it.

    `languages` are the site's, in its order; `user` is whose server it is.
    """
    values = {
        "root": layout.root,
        "user": user,
        "python": layout.python,
        "name": settings.name,
        "var": settings.name.replace("-", "_"),
        "web": settings.web,
        "endpoint": ENDPOINT,
        "tls": settings.tls,
        "headers": headers,
        "of_status": OF_STATUS,
        "hashed": HASHED,
        "certificate": settings.certificate,
        "key": settings.key,
        **_negotiation(languages),
    }
    templates = Environment(  # noqa: S701  no HTML
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    places = {
        "nginx.conf": NGINX / f"{settings.name}.conf",
        **{
            f"systemd/{unit.name}": SYSTEMD / f"{settings.name}-{unit.name}"
            for unit in sorted((_TEMPLATES / "systemd").iterdir())
            if settings.web.newsletter or not unit.name.startswith("newsletter")
        },
    }
    return {
        place: templates.get_template(template).render(values) for template, place in places.items()
    }


def enabled(settings: ServerSettings) -> tuple[str, ...]:
    """Return the units that start by themselves."""
    units = _ENABLED + (_ENABLED_FOR_NEWSLETTER if settings.web.newsletter else ())
    return tuple(f"{settings.name}-{unit}" for unit in units)


def _negotiation(languages: Sequence[str]) -> dict[str, object]:
    """Return what nginx's maps need to choose among the languages.

    A range of Accept-Language means the language that it names or that it is a part of
    (RFC 4647 §3.4), else the first one that begins with the same word: zh-CN is zh-Hans.
    """
    primaries = tuple(dict.fromkeys(language.partition("-")[0] for language in languages))
    firsts = {
        primary: next(language for language in languages if language.partition("-")[0] == primary)
        for primary in primaries
    }
    whole = {language: language for language in sorted(languages, key=len, reverse=True)}
    return {
        "languages": tuple(languages),
        "primaries": "|".join(primaries),
        "ranges": tuple({**whole, **firsts}.items()),
        "weights": WEIGHTS,
    }
