"""What can go wrong at the borders of the newsletter.

NewsletterError
├── NewsletterSettingsError   a setting, or a variable of the environment
├── EditionError              a column that no mail can be made of
├── AddressError              no address that a mail can go to
├── TokenError                a link that is not ours
│   └── TokenExpired          it was, and its time is over
├── StoreError                the store in var/ cannot be used as it is
├── ImportRefused             a file of subscribers that cannot be read at all
├── SendRefused               an edition that must not be sent now, or not again
├── RelayError                the mail server does not take our mail
└── ListmonkError             a listmonk server does not do what it was asked
"""

from collections.abc import Iterable


class NewsletterError(Exception):
    """Anything of the newsletter that a person must hear of; its text is complete."""

    complete = True


class NewsletterSettingsError(NewsletterError):
    """All problems of settings and environment, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("\n".join(problems))


class EditionError(NewsletterError):
    """A column that no mail can be made of."""


class AddressError(NewsletterError):
    """No address that a mail can go to; the text is the reason alone."""


class TokenError(NewsletterError):
    """A link that is not ours."""


class TokenExpired(TokenError):  # noqa: N818  what has become of it
    """A link that was ours, and whose time is over."""


class StoreError(NewsletterError):
    """The store cannot be used as it is."""


class ImportRefused(NewsletterError):  # noqa: N818  said as it is read
    """A file of subscribers that cannot be read at all."""


class SendRefused(NewsletterError):  # noqa: N818  likewise
    """An edition that must not be sent now, or not again."""


class RelayError(NewsletterError):
    """The mail server does not take our mail; where it is `passing`, waiting may help."""

    def __init__(self, text: str, *, passing: bool = False) -> None:
        self.passing = passing
        super().__init__(text)


class ListmonkError(NewsletterError):
    """A listmonk server does not do what it was asked."""
