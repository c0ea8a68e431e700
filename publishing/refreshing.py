"""The status without a build: pull, judge, print, and put in place each file that changed.

A refresh reads of the site only what the status shows of it (see `around`), makes anew only
what changed, and loads nothing that it has no need of, Pelican above all. Each file of the
status has the bytes that a build at the same time makes of the same history.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bilingual.binding import binder_of
from bilingual.model import Binder
from feeds.model import Feed
from network_status import settings as network_settings
from network_status.conf import Settings
from network_status.edition import Edition, Surroundings, minify_script, script_of
from network_status.observing import Observation, observe
from network_status.outline import outline
from network_status.places import tree
from press import kept
from press.files import Output
from press.kept import Kept, edition
from publishing.around import address_of, library_of, written
from publishing.errors import RefreshError

if TYPE_CHECKING:
    from typesetting.links import Linker
    from typesetting.markdown import Typesetter

KEPT = "status"
"""The file below CACHE_PATH in which one refresh leaves its work to the next."""

DRAWN = "status-drawn"
"""The file in which it leaves what its pages and feeds show, and the hash of each."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a person should know of a refresh, and whether no source answered."""

    messages: tuple[str, ...]
    all_failed: bool


def refresh(settings: Settings, patience_s: float, *, compress: bool = False) -> Done:
    """Write the status below OUTPUT_PATH, and remove what is left there of an older one.

    Waits for `patience_s` for whoever is writing there. Raises NetworkStatusError, or what the
    press raises; then nothing has changed.
    """
    there = written(settings)
    binder = binder_of(settings, there)
    seen = observe(settings, binder.languages)
    made = _Printer(settings, binder, there)
    files = made.files_of(seen)
    output = Output(Path(settings["OUTPUT_PATH"]), patience_s, compress=compress)
    try:
        for path, data in files.items():
            output.write(path, data)
        output.sweep(tree(binder.languages))
    finally:
        output.close()
    failed = (f'source "{name}": {why}' for name, why in seen.pulled.failures.items())
    return Done((*seen.messages, *failed, *made.faults), seen.pulled.all_failed)


def explain(settings: Settings, route: str) -> Iterator[str]:
    """Yield the lines that explain a route's state. Raises RefreshError where there is none."""
    from network_status.explanation import explain as explain_status
    from network_status.status import observed_of

    languages = tuple(settings["LANGUAGES"])
    network = network_settings.load(Path(settings["PATH"]), languages)
    watched = {one.route: one for one in network.watched()}
    if route not in watched:
        raise RefreshError(f'--explain: "{route}" is no route; there are {", ".join(watched)}')
    kept = observe(settings, languages).kept
    one = watched[route]
    observed = observed_of(one, network.watched(), kept.bins, kept.baselines_ms)
    yield from explain_status(kept.statuses[route], observed, one.thresholds)
    failing = (health for health in kept.sources.values() if health.fault)
    yield from (f'source "{health.source}" fails: {health.fault}' for health in failing)


class _Printer:
    """Makes the files of a refresh, with what the last one left; `there` is `written`'s."""

    def __init__(
        self, settings: Settings, binder: Binder, there: frozenset[tuple[str, str]]
    ) -> None:
        self._settings = settings
        self._binder = binder
        self._there = there
        options = settings["MARKDOWN"], settings["POSTSCRIPT_HEADINGS"], settings.get("WEBSUB_HUB")
        self._edition = edition(options)
        self._cache = Path(settings["CACHE_PATH"])
        self._kept = Kept(self._cache / KEPT, self._edition)
        self.faults: list[str] = []

    def files_of(self, seen: Observation) -> dict[str, bytes]:
        """Return every file of the status by its path below the output."""
        slugs = {slug for report in seen.picture.reports for slug in report.columns}
        around = Surroundings(
            self._binder,
            library_of(slugs, self._settings, self._break_phrases),
            self._typeset,
            self._whole_links,
            script_of(Path(self._settings["THEME"]), partial(self._get, "script", minify_script)),
            self._settings["DEFAULT_LANG"],
        )
        made = Edition(seen.picture, around)
        look = _hash(
            f"{self._edition} {outline(made.picture, seen.revision)} {self._look(around)}".encode()
        )
        return {**made.files(), **(self._left(look) or self._drawn(made, look))}

    def _look(self, around: Surroundings) -> str:
        """Return all that pages show besides the picture, and the theme's files as they are now."""
        settings = {name: value for name, value in self._settings.items() if name != "NOW"}
        theme = sorted(_files_of(Path(settings["THEME"])))
        return repr((settings, theme, sorted(self._there), around.library))

    def _left(self, look: str) -> dict[str, bytes] | None:
        """Return pages and feeds as the last refresh left them, if they look the same now."""
        drawn = kept.read(self._cache / DRAWN, look)
        if drawn is None:
            return None
        told = json.loads(drawn)
        root = Path(self._settings["OUTPUT_PATH"])
        try:
            files = {path: (root / path).read_bytes() for path in told["files"]}
        except OSError:
            return None
        if any(_hash(data) != told["files"][path] for path, data in files.items()):
            return None
        self.faults += told["faults"]
        return files

    def _drawn(self, made: Edition, look: str) -> dict[str, bytes]:
        """Return pages and feeds, and leave to the next refresh how they look."""
        told_before = len(self.faults)
        files = {**dict(self._pages(made)), **dict(self._feeds(made.feeds))}
        self._kept.save()
        told = {
            "files": {path: _hash(data) for path, data in files.items()},
            "faults": self.faults[told_before:],
        }
        kept.write(self._cache / DRAWN, look, json.dumps(told, ensure_ascii=False).encode())
        return files

    def _pages(self, made: Edition) -> Iterator[tuple[str, bytes]]:
        from bilingual.feeds import main_feeds
        from feeds.announcements import announce
        from feeds.characters import printable
        from press.printing import print_page
        from press.styles import Styles, minify_css
        from press.templates import templates_of

        theme = Path(self._settings["THEME"])
        templates = templates_of(theme, Path(self._settings["CACHE_PATH"]))
        styles = Styles(theme / "static" / "css", partial(self._get, "css", minify_css))
        feeds = [printable(replace(feed, entries=())) for feed in made.feeds]
        for sheet in announce(made.sheets(), [*feeds, *main_feeds(self._binder)]):
            template = templates.get_template(f"{sheet.template}.html")
            yield sheet.path, print_page(sheet, template, styles)

    def _feeds(self, feeds: Iterable[Feed]) -> Iterator[tuple[str, bytes]]:
        """Yield the documents of all feeds; an entry that none can hold is left out, and told."""
        for feed in feeds:
            written = json.loads(self._kept.get("feed", repr(feed), partial(self._written, feed)))
            self.faults += (fault for fault in written["faults"] if fault not in self.faults)
            yield from ((path, text.encode()) for path, text in written["files"].items())

    def _written(self, feed: Feed) -> str:
        from feeds.characters import printable
        from feeds.checks import sift
        from feeds.writing import files_of

        sound, faults = sift([printable(feed)])
        files = files_of(sound, self._settings.get("WEBSUB_HUB"))
        texts = {path: data.decode() for path, data in files.items()}
        return json.dumps({"files": texts, "faults": faults}, ensure_ascii=False)

    def _typeset(self, text: str) -> str:
        return self._kept.get("text", text, lambda: self._typesetter.typeset(text))

    def _whole_links(self, markdown: str, path: str, lang: str) -> str:
        from typesetting.whole_links import WholeLinks

        made, faults = WholeLinks(self._linker, self._typeset)(markdown, path, lang)
        self.faults += (f"content/{path}: {fault}" for fault in faults)
        return made

    @cached_property
    def _linker(self) -> "Linker":
        """Return what resolves references; a file that a notice offers is a build's to publish."""
        from typesetting.links import Linker

        settings, site = self._settings, self._settings["SITEURL"]

        def file(path: str) -> str | None:
            from typesetting.figures import Figures

            return Figures(Path(settings["PATH"]), site, inline=False).address_of(path)

        def image(path: str, attributes: Mapping[str, str], prefix: str) -> str:
            raise NotImplementedError("a notice's Markdown keeps its images")

        languages = self._binder.languages
        return Linker(languages, partial(address_of, settings=settings), file, image, site)

    @cached_property
    def _typesetter(self) -> "Typesetter":
        from postscripts.markdown import extension_of
        from typesetting.markdown import Typesetter

        options = self._settings["MARKDOWN"]
        extension = extension_of(self._settings["POSTSCRIPT_HEADINGS"])
        return Typesetter({**options, "extensions": [*options["extensions"], extension]})

    def _break_phrases(self, title: str, lang: str) -> str:
        def make() -> str:
            from typesetting.phrases import break_phrases

            return break_phrases(title, lang)

        return self._kept.get("title", f"{lang} {title}", make)

    def _get(self, kind: str, make: Callable[[str], str], source: str) -> str:
        return self._kept.get(kind, source, partial(make, source))


def _files_of(theme: Path) -> Iterator[tuple[str, int, int]]:
    """Yield each file's path, size and time; what an editor keeps beside it may be gone by now."""
    for place, _, names in os.walk(theme, followlinks=True):
        for path in (Path(place, name) for name in names):
            with suppress(OSError):
                found = path.stat()
                yield str(path), found.st_size, found.st_mtime_ns


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()
