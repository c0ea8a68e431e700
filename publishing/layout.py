"""Where everything lies on a server, below one root. Imports no sibling."""

from dataclasses import dataclass
from pathlib import Path

REDIRECTS = "redirects.map"
"""Where a site says what its columns' old addresses lead to, for the web server."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders and files of one site on a server.

    `commit` is always a full object name in lower case, `release` a release's folder name.
    """

    root: Path

    @property
    def repository(self) -> Path:
        """The bare repository that staff push to."""
        return self.root / "site.git"

    @property
    def builds(self) -> Path:
        """A folder for each commit that was pushed and is not yet forgotten."""
        return self.root / "builds"

    def build(self, commit: str) -> Path:
        """The folder of a commit: its `content/`, what was made of it in `site/`, `build.json`."""
        return self.builds / commit

    def content(self, commit: str) -> Path:
        """A commit's content, as it was pushed."""
        return self.build(commit) / "content"

    def site(self, commit: str) -> Path:
        """What was built from a commit."""
        return self.build(commit) / "site"

    @property
    def previews(self) -> Path:
        """Builds with drafts, each at an address that nobody can guess."""
        return self.root / "preview"

    @property
    def releases(self) -> Path:
        """A folder `<time>-<commit>` for each release that is kept."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """The link to the live release: the web server's document root."""
        return self.root / "current"

    @property
    def status(self) -> Path:
        """The live status, outside all releases: no switch brings back an old one."""
        return self.root / "status"

    @property
    def var(self) -> Path:
        """Stores, caches, locks and logs: what a backup must hold."""
        return self.root / "var"

    @property
    def cache(self) -> Path:
        """What one build leaves for the next, which can do without."""
        return self.var / "cache"

    @property
    def lock(self) -> Path:
        """The file that is locked by whoever builds or releases."""
        return self.var / "lock"

    @property
    def boot(self) -> Path:
        """Which start of the machine the builds are of."""
        return self.var / "boot"

    @property
    def logs(self) -> Path:
        """What the worker and the timers said."""
        return self.var / "log"

    @property
    def compressed(self) -> Path:
        """Contents of the site as they go over the wire, by their hash."""
        return self.var / "compressed"

    @property
    def pin(self) -> Path:
        """Which release stays live whatever comes due, if one does."""
        return self.var / "pin.json"

    @property
    def settled(self) -> Path:
        """Which release the web server was last seen to show."""
        return self.var / "settled.json"

    @property
    def setback(self) -> Path:
        """What last kept the tip from going live, and how often."""
        return self.var / "setback.json"

    @property
    def worker_log(self) -> Path:
        """What the worker did, and why it did not."""
        return self.logs / "worker.log"

    @property
    def apps(self) -> Path:
        """A folder for each installed version of the software, and their environments."""
        return self.root / "app"

    @property
    def app(self) -> Path:
        """The link to the version that builds."""
        return self.apps / "current"

    @property
    def app_before(self) -> Path:
        """The link to the version that built before: where one goes back to."""
        return self.apps / "before"

    @property
    def environments(self) -> Path:
        """The environments of the versions, each under a name made of its lock file."""
        return self.apps / "environments"

    @property
    def python(self) -> Path:
        """The interpreter of the version that builds."""
        return self.app / ".venv" / "bin" / "python"

    @property
    def settings(self) -> Path:
        """What the server's owner says of the server: `server.toml`."""
        return self.root / "server.toml"

    @property
    def command(self) -> Path:
        """The commands of the installed software, for this server."""
        return self.root / "invoke"

    @property
    def secrets(self) -> Path:
        """Variables that hold secrets of the network status: `secrets.env`."""
        return self.root / "secrets.env"

    @property
    def redirects(self) -> Path:
        """Old addresses and new ones, as nginx reads them."""
        return self.root / REDIRECTS

    @property
    def etc(self) -> Path:
        """What root copies to `/etc`, in the same folders."""
        return self.root / "etc"

    @property
    def status_store(self) -> Path:
        """The history of the lines."""
        return self.var / "status.sqlite"

    @property
    def newsletter_store(self) -> Path:
        """Subscribers, and the ledger of what was sent to them."""
        return self.var / "newsletter.sqlite"

    def version(self) -> str:
        """Return the version of the installed software, the folder that `app/current` leads to."""
        return self.app.resolve(strict=True).name
