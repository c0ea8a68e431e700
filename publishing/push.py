"""A push that is to be taken or refused: what it wants, what is wrong with it, what it changes."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lint.model import visible
from publishing import lock, previews, releases
from publishing.builder import Builder, builder_of, discard, read_build, read_made
from publishing.commits import Commits
from publishing.environment import name_of
from publishing.errors import Refused
from publishing.layout import Layout
from publishing.receipt import receipt, undo
from publishing.repository import BRANCH
from publishing.settings import read_settings
from publishing.updates import Update

REPORT_BYTES = 8_000
"""What a report of problems may take: more than that, nobody reads in a terminal."""
_PROBLEM_CHARACTERS = 1_000
PATIENCE_S = 300.0
"""How long a push waits for the build or release of another."""

OPTIONS: Mapping[str, str] = {
    "check": "reports what a push would do, and takes nothing",
    "preview": "shows drafts, too, at a secret address for some days, and takes nothing",
}

SOFTWARE = frozenset(
    {"plugins", "publishing", "theme", "tasks.py", "pelicanconf.py", "publishconf.py"}
    | {"pyproject.toml", "requirements.txt"}
)
"""What lies beside content/ and is installed, not pushed."""

_HEADS = "refs/heads/"
_STORED = (_HEADS, "refs/tags/")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The commit that a branch is to stand at and that is to be built."""

    before: str | None
    after: str
    ref: str


@dataclass(frozen=True, slots=True)
class Push:
    """What pre-receive is asked about: refs, options, and the commits in quarantine."""

    commits: Commits
    updates: Sequence[Update]
    options: Sequence[str]
    say: Say

    def receive(self, now: datetime) -> int:
        """Return 0 if git may take the push, all of it, and 1 otherwise, with the reasons told."""
        wanted = self._wanted()
        problems = [
            *self._ref_problems(), *self._option_problems(wanted), *self._main_problems()
        ]  # fmt: skip
        if problems:
            return self._refuse(problems)
        if wanted is None:
            for update in self.updates:
                if update.ref.startswith(_HEADS) and update.after:
                    self.say(f"Stored and not published: {visible(update.ref)}; only main is.")
            return 0
        try:
            for line in self._built(wanted, now):
                self.say(line)
        except Refused as refused:
            return self._refuse(refused.problems, "Mend it, commit, and push again. ")
        return 1 if self.options else 0

    def _built(self, wanted: Wanted, now: datetime) -> list[str]:
        """Build what is wanted, and return what to tell of it."""
        layout, commit = self.commits.layout, wanted.after
        self.say(f"Building {commit[:10]}: {visible(self.commits.subject(commit))}")
        builder, days = builder_of(self.commits), read_settings(layout.settings).preview.days
        with lock.held(layout, f"a push of {commit[:10]}", PATIENCE_S, self.say):
            try:
                if "preview" in self.options:
                    preview = previews.make(builder, commit, now, days)
                    return list(_shown(preview))
                return list(self._site(builder, wanted, now))
            finally:
                released = {release.commit for release in releases.kept(layout)}
                if read_build(layout, commit) is None and commit not in released:
                    discard(layout, commit)

    def _site(self, builder: Builder, wanted: Wanted, now: datetime) -> Iterator[str]:
        layout, commit = self.commits.layout, wanted.after
        if wanted.ref == BRANCH and self.commits.tip() != wanted.before:
            raise Refused(
                ["main has moved while this push waited for another; git pull --rebase, then push"]
            )
        builder.build(commit, now)
        yield from receipt(layout, commit, read_made(layout.build(commit)), now)
        yield ""
        if "check" in self.options:
            yield "Nothing is wrong. Nothing was taken either, as you asked with -o check: push"
            yield "again without it. (git calls that rejected.)"
        else:
            yield f"To undo: {self._undo(wanted)}"
            if releases.live(layout):
                yield f"At once, on the server: {_command(layout, 'rollback')}"
            yield from self._software_lines(wanted)

    def _undo(self, wanted: Wanted) -> str:
        if wanted.before is None:
            return undo(None, wanted.after, merged=False, several=False)
        count, merged = self.commits.between(wanted.before, wanted.after)
        return undo(wanted.before, wanted.after, merged=merged, several=count > 1)

    def _wanted(self) -> Wanted | None:
        """Return what is to be built: main, or with an option any branch."""
        branches = [
            Wanted(update.before, update.after, update.ref)
            for update in self.updates
            if update.ref.startswith(_HEADS) and update.after
        ]
        mains = [branch for branch in branches if branch.ref == BRANCH]
        return next(iter([*mains, *(branches if self.options else ())]), None)

    def _ref_problems(self) -> Iterator[str]:
        """Yield refs that git itself would obey, and those with which there could be no main."""
        for update in self.updates:
            if update.ref.startswith(f"{BRANCH}/"):
                yield f"{visible(update.ref)}: lies below main, which then could not be; rename it"
            if not update.ref.startswith(_STORED):
                yield f"{visible(update.ref)}: only branches and tags are stored here"

    def _option_problems(self, wanted: Wanted | None) -> Iterator[str]:
        known = "; ".join(f"-o {name} {meaning}" for name, meaning in OPTIONS.items())
        for option in self.options:
            if option not in OPTIONS:
                yield f'-o "{visible(option)}" is no option here: {known}'
        if set(self.options) >= OPTIONS.keys():
            yield "-o check and -o preview at once: give one"
        if self.options and wanted is None:
            yield f"-o {visible(self.options[0])}: this push holds no branch that could be built"

    def _main_problems(self) -> Iterator[str]:
        for update in self.updates:
            if update.ref != BRANCH or not update.before or "preview" in self.options:
                continue
            if update.after is None:
                yield "main is what the site is made of and cannot be deleted"
            elif not self.commits.leads_to(update.before, update.after):
                yield (
                    "main can only grow, and this push would take commits of others away; "
                    "git pull --rebase, then push without --force"
                )

    def _software_lines(self, wanted: Wanted) -> Iterator[str]:
        if wanted.before is None:
            return
        changed = sorted(self.commits.changed(wanted.before, wanted.after) & SOFTWARE)
        if changed:
            yield ""
            yield (
                f"Note: {', '.join(changed)} in this push change nothing yet; that takes\n"
                f"  {_command(self.commits.layout, f'server-upgrade {wanted.after[:10]}')}"
            )

    def _refuse(self, problems: Sequence[str], cure: str = "") -> int:
        count = len(problems)
        self.say(f"Refused for {count:,} problem{'s' if count > 1 else ''}:")
        self.say("\n".join(limited(problems)))
        if len(self.updates) > 1:
            self.say("A push is taken as a whole: none of its branches and tags was.")
        self.say(f"{cure}Nothing was published.")
        return 1


def _shown(preview: previews.Preview) -> Iterator[str]:
    if preview.problems:
        yield "Wrong in what is shown:"
        yield from limited(preview.problems)
        yield ""
    yield f"The preview, drafts and all, until {preview.until:%Y-%m-%d %H:%M} UTC:"
    yield preview.address
    yield "Whoever has the address can read it. Nothing was taken, as you asked with"
    yield "-o preview. (git calls that rejected.)"


def limited(problems: Sequence[str], most_bytes: int = REPORT_BYTES) -> Iterator[str]:
    """Yield problems, safe to print, as far as they fit, and how many more there are.

    One that is longer than anybody reads is cut.
    """
    left = most_bytes
    for number, problem in enumerate(problems):
        text = "\n".join(map(visible, problem.split("\n")))
        if len(text) > _PROBLEM_CHARACTERS:
            text = f"{text[:_PROBLEM_CHARACTERS]} …"
        left -= len(text.encode()) + 1
        if left < 0:
            yield f"… and {len(problems) - number:,} more"
            return
        yield text


def _command(layout: Layout, words: str) -> str:
    """Return how a command of this server is typed there."""
    return f"sudo -u {name_of(os.geteuid())} {layout.root / 'invoke'} {words}"
