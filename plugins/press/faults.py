"""What went wrong in a build, as plain lines."""

import logging
import sys
import traceback
from pathlib import Path

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

_FRAMES_SHOWN = 3


class Faults(logging.Handler):
    """Collects what is logged at `level` or above, and tells each message once on stderr.

    While it listens, the root logger's other handlers leave these records to it.
    """

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.messages: list[str] = []
        self.errors: list[BaseException] = []
        self._known: set[str] = set()
        self._told = 0
        self._others = list(logging.getLogger().handlers)

    def listen(self) -> None:
        """Start to collect, also under `--quiet`, which else keeps errors unrecorded."""
        for name in (None, "pelican"):
            logger = logging.getLogger(name)
            logger.setLevel(min(logger.level, self.level))
        for handler in self._others:
            handler.addFilter(self._leave_to_me)
        logging.getLogger().addHandler(self)

    def close(self) -> None:
        """Stop to collect and let the other handlers have everything again."""
        logging.getLogger().removeHandler(self)
        for handler in self._others:
            handler.removeFilter(self._leave_to_me)
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        """Collect one record, with the exception that it carries."""
        message = record.getMessage()
        if error := _exception_of(record):
            self.errors.append(error)
            message = f"{message}\n{describe(error)}{_notes(error)}"
        self.add(message)

    def add(self, message: str, aside: str = "") -> None:
        """Collect a message, unless it is known, with or without the same `aside`."""
        if message not in self._known:
            self._known.add(message)
            self.messages.append(f"{message}{aside}")

    def add_error(self, error: Exception, templates: Path) -> None:
        """Collect an exception, or each of a group; what many pages share is told of the first."""
        for each in error.exceptions if isinstance(error, ExceptionGroup) else [error]:
            self.errors.append(each)
            self.add(describe(each, templates), _notes(each))

    @property
    def cause(self) -> BaseExceptionGroup[BaseException] | None:
        """Return the exceptions among what went wrong, if there are any."""
        return BaseExceptionGroup("told", self.errors) if self.errors else None

    def tell(self) -> None:
        """Print what was not yet told; a message's further lines are indented."""
        for message in self.messages[self._told :]:
            print("\n  ".join(message.splitlines()), file=sys.stderr)
        self._told = len(self.messages)

    def _leave_to_me(self, record: logging.LogRecord) -> bool:
        return record.levelno < self.level


def describe(error: BaseException, templates: Path | None = None) -> str:
    """Say in plain words what `error` is and where it came from.

    A fault that calls itself `complete` (see `press.model.Fault`) is its own message. In one of
    `templates` it is `theme/templates/column.html:12: 'titel' is undefined`; elsewhere its
    type, its message and its last frames.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if templates and (inside := [f for f in frames if Path(f.filename).is_relative_to(templates)]):
        return f"{near(inside[-1].filename)}:{inside[-1].lineno}: {_reason(error)}"
    if getattr(error, "complete", False):
        return str(error)
    shown = [f"{near(f.filename)}:{f.lineno} in {f.name}" for f in frames[-_FRAMES_SHOWN:]]
    return "\n".join([f"{type(error).__name__}: {error}", *shown])


def _notes(error: BaseException) -> str:
    return "".join(f" ({note})" for note in getattr(error, "__notes__", ()))


def _exception_of(record: logging.LogRecord) -> BaseException | None:
    given: object = record.exc_info
    # Pelican passes False while it handles an exception that it keeps for its debug mode; without
    # it "Could not process columns/a.md" would not say why.
    if given is False:
        return sys.exc_info()[1]
    return record.exc_info[1] if record.exc_info else None


def _reason(error: BaseException) -> str:
    if getattr(error, "complete", False):
        return str(error)
    match error:
        case TemplateNotFound():
            return f"no template {error.name}"
        case TemplateSyntaxError() | UndefinedError():
            return str(error.message)
        case _:
            return f"{type(error).__name__}: {error}"


def near(filename: str) -> str:
    """Return a file's name, shorter where it lies below the working directory."""
    path = Path(filename)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
