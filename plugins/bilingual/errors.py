"""What can be wrong with the languages before any page exists.

BilingualError
├── SettingsError    LANGUAGES or DEFAULT_LANG in pelicanconf.py
├── PhraseError      theme/strings/*.toml
└── TopicError       content/topics.toml
"""

from collections.abc import Iterable

from press.model import Fault


class BilingualError(Fault):
    """All problems of one kind, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("\n".join(problems))


class SettingsError(BilingualError):
    """The languages in pelicanconf.py cannot be used."""


class PhraseError(BilingualError):
    """A file of phrases is missing, broken, or does not match the others."""


class TopicError(BilingualError):
    """The table of topics is broken or lacks a name."""
