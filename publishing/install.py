"""`invoke server-install`: everything of a server that its own user can make, step by step.

A step that holds already is left alone, so that a second run changes nothing and one that was
broken off goes on. What only root can do is printed as commands.
"""

import getpass
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from newsletter.settings import newsletter_of
from publishing import configuration, redirects, software
from publishing.configuration import ENDPOINT, NGINX, SYSTEMD
from publishing.errors import ServerError
from publishing.layout import Layout
from publishing.repository import hook_files, is_prepared, prepare
from publishing.settings import ServerSettings, default_text, parse_settings, read_settings

Say = Callable[[str], None]

_SERVER = Path(__file__).parent / "server"
_ROOT = re.compile(r"(?:/[A-Za-z0-9._-]+)+")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is to hold: what it is, whether it does, and how to make it so."""

    what: str
    holds: Callable[[], bool]
    make: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Site:
    """What the software says of the site that it builds.

    `endpoint` is where its newsletter's forms and links lead, if anything answers them.
    """

    languages: tuple[str, ...]
    siteurl: str
    endpoint: str | None = None

    @property
    def host(self) -> str:
        """Return the host name of its address."""
        return urlsplit(self.siteurl).hostname or ""


def site_in(folder: Path) -> Site:
    """Return what `publishconf.py` in a folder says. Raises ServerError for a site below a path."""
    from pelican.settings import read_settings as read_pelican

    settings: Mapping[str, Any] = read_pelican(  # Any: Pelican's
        str(folder / "publishconf.py"),
        override={"PATH": str(folder)},  # a version has no content
    )
    if urlsplit(settings["SITEURL"]).path.strip("/"):
        raise ServerError(
            f"{folder}/publishconf.py: SITEURL: {settings['SITEURL']} ends in a path; a server of"
            " its own shows a site at the root of its host, as in https://columns.example"
        )
    newsletter = newsletter_of(settings)
    endpoint = newsletter.endpoint if newsletter else None
    return Site(tuple(settings["LANGUAGES"]), settings["SITEURL"], endpoint)


def install(layout: Layout, checkout: Path, say: Say, *, dry: bool, quiet: bool = False) -> None:
    """Make a server below `layout.root` with the software in `checkout`.

    `dry` says what would be done and does nothing; `quiet` says only what changes. Raises
    ServerError where something is in the way.
    """
    _need_root_folder(layout, say, dry=dry)
    site = site_in(checkout)
    version = _version(layout, checkout)
    for step in (*_folders(layout), *_texts(layout, site), *_command(layout)):
        take(step, say, dry=dry, quiet=quiet)
    settings = _settings(layout, site, dry=dry)
    for step in (
        *_repository(layout, settings.build.push_mb),
        *_software(layout, checkout, version),
    ):
        take(step, say, dry=dry, quiet=quiet)
    files = configuration.files(layout, settings, site.languages, getpass.getuser())
    for step in _for_root(layout, files):
        take(step, say, dry=dry, quiet=quiet)
    _say_what_is_roots(layout, settings, files, say)
    _say_who_answers(site, settings, say)


def take(step: Step, say: Say, *, dry: bool = False, quiet: bool = False) -> None:
    """Make a step hold, unless it does, and say which it was; `dry` only says."""
    if step.holds():
        if not quiet:
            say(f"already so:  {step.what}")
    elif dry:
        say(f"would make:  {step.what}")
    else:
        step.make()
        say(f"made:        {step.what}")


def _need_root_folder(layout: Layout, say: Say, *, dry: bool) -> None:
    """Refuse a root that is not ours. Raises ServerError with what makes it so."""
    root, user = layout.root, getpass.getuser()
    if not _ROOT.fullmatch(str(root)):
        raise ServerError(
            f"--root {root}: units and scripts could not name it; write letters, digits and ._-"
            " only: /srv/atogaki"
        )
    if not root.is_dir():
        command = f"sudo install -d -o {user} -g {user} {root}"
        if not dry:
            raise ServerError(f"{root}: is no folder; let root make it:\n  {command}")
        say(f"for root:    {command}")
    elif root.stat().st_uid != os.geteuid():
        raise ServerError(
            f"{root}: is {root.owner()}'s, and you are {user}; sudo -u {root.owner()}"
        )


def _version(layout: Layout, checkout: Path) -> str:
    """Return the version that is to build: the one that does, or else the checkout's commit."""
    own = checkout.name if checkout.parent == layout.apps.resolve() else software.head(checkout)
    if not layout.app.is_dir():
        return own
    if layout.version() != own:
        raise ServerError(
            f"{layout.app}: is version {layout.version()}, and this is {own}; go there and run"
            " server-install again, or push this and run: invoke server-upgrade main"
        )
    return own


def _folders(layout: Layout) -> Iterator[Step]:
    """Yield the folders; drafts, stores and the addresses of previews are nobody else's."""
    for folder, mode in (
        (layout.builds, 0o700),
        (layout.releases, 0o755),
        (layout.previews, 0o711),
        (layout.status, 0o755),
        (layout.var, 0o700),
        (layout.apps, 0o755),
        (layout.environments, 0o755),
        (layout.repository, 0o700),
    ):
        yield Step(
            f"{folder}/ with mode {mode:o}",
            partial(_has_mode, folder, mode),
            partial(_make_folder, folder, mode),
        )


def _texts(layout: Layout, site: Site) -> Iterator[Step]:
    """Yield the files that the server's owner edits; they are never written twice."""
    text = default_text(layout.root, name_of(layout), site.host)
    secrets = (_SERVER / "secrets.env").read_text("utf-8")
    for file, content, mode in ((layout.settings, text, 0o644), (layout.secrets, secrets, 0o600)):
        yield Step(str(file), file.exists, partial(_write, file, content, mode))
    yield Step(str(layout.redirects), layout.redirects.exists, partial(redirects.refresh, layout))


def name_of(layout: Layout) -> str:
    """Return the name that a site gets by its root's: /srv/atogaki is atogaki."""
    words = re.findall(r"[a-z0-9]+", layout.root.name.lower())
    return "-".join(words).lstrip("0123456789-") or "atogaki"


def _command(layout: Layout) -> Iterator[Step]:
    """Yield the script that runs the commands, whichever version is installed."""
    file = layout.command
    template = Template((_SERVER / "invoke").read_text("utf-8"))
    text = template.substitute(root=layout.root, user=getpass.getuser())
    yield Step(
        str(file),
        lambda: _says(file, text) and os.access(file, os.X_OK),
        partial(_write, file, text, 0o755),
    )


def _repository(layout: Layout, push_mb: int) -> Iterator[Step]:
    names = " and ".join(file.name for file in hook_files(layout))
    yield Step(
        f"{layout.repository} with its settings, {names}",
        partial(is_prepared, layout, push_mb),
        partial(prepare, layout, push_mb),
    )


def software_steps(layout: Layout, repository: Path, version: str) -> Iterator[Step]:
    """Yield what makes the software of a commit ready to build, without making it build."""
    folder = layout.apps / version
    yield Step(
        f"{folder}, the software",
        folder.is_dir,
        partial(software.unpack, repository, version, folder),
    )
    yield Step(
        f"{folder}/.venv, its environment",
        lambda: software.is_equipped(layout, folder),
        lambda: software.equip(layout, folder),
    )


def _software(layout: Layout, checkout: Path, version: str) -> Iterator[Step]:
    yield from software_steps(layout, checkout, version)
    yield Step(
        f"{layout.app}, which leads to it",
        layout.app.is_dir,
        partial(software.lead, layout.app, version),
    )


def _settings(layout: Layout, site: Site, *, dry: bool) -> ServerSettings:
    if dry and not layout.settings.exists():
        text = default_text(layout.root, name_of(layout), site.host)
        return parse_settings(layout.settings, text)
    return read_settings(layout.settings)


def _for_root(layout: Layout, files: Mapping[Path, str]) -> Iterator[Step]:
    """Yield the files that root copies, and what is left there of others."""
    wanted = {_ours(layout, place): text for place, text in files.items()}
    for file, text in wanted.items():
        yield Step(str(file), partial(_says, file, text), partial(_write, file, text, 0o644))
    for file in sorted(layout.etc.rglob("*")) if layout.etc.is_dir() else ():
        if file.is_file() and file not in wanted:
            yield Step(f"no {file}", lambda: False, file.unlink)


def _say_what_is_roots(
    layout: Layout, settings: ServerSettings, files: Mapping[Path, str], say: Say
) -> None:
    """Print the commands that put in place what differs there, or that nothing does."""
    stale = {place.parent for place, text in files.items() if not _says(place, text)}
    if not stale:
        say(f"already so:  nginx and systemd have what {layout.etc} holds")
        return
    say("\nFor root, after a look at the files:")
    for command in root_commands(layout, settings, stale):
        say(f"  {command}")


def _say_who_answers(site: Site, settings: ServerSettings, say: Say) -> None:
    """Say where the site's forms and mails would lead to nothing."""
    if site.endpoint and not (settings.web.newsletter and site.endpoint == ENDPOINT):
        say(
            f"\nNobody answers {site.endpoint}/, where the newsletter's forms and mails lead: set"
            f' web.newsletter in server.toml, which is for {ENDPOINT}/, or "endpoint": None in'
            " pelicanconf.py; README.md says how"
        )


def root_commands(
    layout: Layout, settings: ServerSettings, stale: Collection[Path]
) -> Iterator[str]:
    """Yield the commands by which root puts the files of folders in place, and has them obeyed."""
    for folder in (NGINX, SYSTEMD):
        if folder in stale:
            yield f"sudo install -m 644 {_ours(layout, folder)}/* {folder}/"
    if NGINX in stale:
        yield "sudo nginx -t"
        yield "sudo systemctl reload-or-restart nginx"
    if SYSTEMD in stale:
        units = " ".join(configuration.enabled(settings))
        yield "sudo systemctl daemon-reload"
        yield f"sudo systemctl enable --now {units}"


def _ours(layout: Layout, place: Path) -> Path:
    return layout.etc / place.relative_to("/etc")


def _has_mode(folder: Path, mode: int) -> bool:
    return folder.is_dir() and folder.stat().st_mode & 0o777 == mode


def _make_folder(folder: Path, mode: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)


def _says(file: Path, text: str) -> bool:
    try:
        return file.read_text("utf-8") == text
    except (OSError, ValueError):
        return False


def _write(file: Path, text: str, mode: int) -> None:
    """Write a file whole; it never exists with less or for more eyes than it should."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode)
    draft.write_text(text, encoding="utf-8")
    draft.chmod(mode)
    draft.replace(file)
