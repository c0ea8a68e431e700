"""`invoke status`: what a command line asks for, and what a person or a timer hears of it."""

import gc
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from network_status.conf import Settings, read_settings
from press.files import Output, lock_within
from press.twins import ENDINGS
from publishing import releases
from publishing.errors import RefreshError, ReleaseError
from publishing.layout import Layout

PATIENCE_S = 5.0
"""How long to wait for another refresh, or for a build that is writing the same folder."""
GARBAGE = 100_000
"""So many objects more than there were are worth a look."""


@dataclass(frozen=True, slots=True)
class Places:
    """Other places than the settings name, by their paths; empty where they are the same."""

    output: str = ""
    content: str = ""
    store: str = ""


def places_on(layout: Layout, *, deadman: bool = False) -> Places:
    """Return where a server has its status, and the content that its readers see.

    Raises ReleaseError before the first release; the `deadman` needs none.
    """
    if deadman:
        return Places(str(layout.status))
    live = releases.live(layout)
    if live is None:
        raise ReleaseError(f"{layout.current}: leads to no release yet; push something first")
    content = layout.content(live.commit)
    return Places(str(layout.status), str(content), str(layout.status_store))


def main(
    settings_file: Path,
    places: Places,
    *,
    compress: bool = False,
    explain: str = "",
    deadman: bool = False,
) -> int:
    """Refresh the status; or explain a route, or age what nobody refreshed any more.

    Prints what was asked for, and on stderr what is not well; returns the exit status, which is
    1 where nothing could be written or no source answered.
    """
    # Nearly all of it lives until the end; to look for garbage as often as usual takes a fifth
    # of the time, imports included.
    usual = gc.get_threshold()
    gc.set_threshold(GARBAGE)
    try:
        settings = settings_at(settings_file, places)
        if deadman:
            age(settings)
            return 0
        need_content(settings)
        if explain:
            return explain_route(settings, explain)
        return refresh(settings, compress=compress)
    except Exception as error:  # noqa: BLE001  whatever it is becomes a message
        from press.faults import describe

        print(describe(error, settings_file.parent / "theme" / "templates"), file=sys.stderr)
        return 1
    finally:
        gc.freeze()  # or the interpreter would collect once more, at its end
        gc.set_threshold(*usual)


def settings_at(settings_file: Path, places: Places) -> Settings:
    """Return the settings, with the places that were asked for."""
    settings = read_settings(settings_file)
    asked = {
        "OUTPUT_PATH": places.output,
        "PATH": places.content,
        "STATUS_STORE": places.store,
    }
    return settings | {name: str(Path(path).absolute()) for name, path in asked.items() if path}


def need_content(settings: Settings) -> None:
    """Raise RefreshError where the content is gone: less would be shown, as if less were written.

    What has grown old is aged all the same.
    """
    if not Path(settings["PATH"]).is_dir():
        raise RefreshError(
            f"{settings['PATH']}: is missing; a server's worker brings it back within a minute, or"
            " its log says why not"
        )


def refresh(settings: Settings, *, compress: bool) -> int:
    """Refresh the status, alone, and print what is not well; return the exit status."""
    from publishing.refreshing import refresh

    with alone(Path(settings["STATUS_STORE"])):
        done = refresh(settings, PATIENCE_S, compress=compress)
    for message in done.messages:
        print(message, file=sys.stderr)
    return 1 if done.all_failed else 0


def explain_route(settings: Settings, route: str) -> int:
    """Print what gives a route its state after a pull, as the page would show it now."""
    from publishing.refreshing import explain

    print("\n".join(explain(settings, route)))
    return 0


def age(settings: Settings) -> None:
    """Make badges, API and text say unknown where their time has passed.

    Where the status itself cannot be read, nothing is known of any time, and all of them say so.
    Raises RefreshError then, and where there is nothing to age.
    """
    from network_status.ageing import aged_files
    from network_status.documents import STATUS_JSON

    root, now = Path(settings["OUTPUT_PATH"]), int(settings["NOW"].timestamp())
    place, fault = root / STATUS_JSON, ""
    if not root.is_dir():
        raise RefreshError(f"{place}: is missing; run invoke status first")
    # Nobody else writes meanwhile: what a refresh makes now is never older than what it read.
    output = Output(root, PATIENCE_S, compress=any(map(_is_twin, root.glob("**/*"))))
    try:
        try:
            files = aged_files(root, now)
        except (OSError, ValueError, KeyError) as error:
            fault = "is missing" if isinstance(error, FileNotFoundError) else f"{error}"
            files = unknown_files_of(settings, set(_texts_below(root)), now)
        for path, data in files.items():
            output.write(path, data)
    finally:
        output.close()
    if fault:
        done = f"; {len(files)} files say unknown now" if files else ""
        raise RefreshError(f"{place}: {fault}; run invoke status first{done}")


def _is_twin(file: Path) -> bool:
    return file.suffix in ENDINGS


def _texts_below(root: Path) -> Iterator[str]:
    """Yield the path of every text, also where only a twin of it is left."""
    for file in root.rglob("*"):
        text = file.with_suffix("") if _is_twin(file) else file
        yield text.relative_to(root).as_posix()


def unknown_files_of(settings: Settings, there: Collection[str], now: int) -> dict[str, bytes]:
    """Return the ageing files among those that are there, without any status to age."""
    from bilingual.binding import binder_of
    from network_status.ageing import unknown_files
    from network_status.edition import page_of
    from network_status.settings import Network
    from network_status.words import Words

    binder = binder_of(settings, ())
    nothing = Network(sources=(), vantage_points=(), groups=(), routes=())
    words = {lang: Words(binder, lang, nothing) for lang in binder.languages}
    return unknown_files(there, words, page_of(binder, words[settings["DEFAULT_LANG"]]), now)


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """Let one refresh at a time pull into a store and print it.

    Raises RefreshError where another one does not end soon.
    """
    store.parent.mkdir(parents=True, exist_ok=True)
    with store.with_name(f"{store.name}.refresh").open("w") as lock:
        if not lock_within(PATIENCE_S, lock.fileno()):
            raise RefreshError(
                f"{store}: another refresh of the status is running; wait for it to end"
            )
        yield
