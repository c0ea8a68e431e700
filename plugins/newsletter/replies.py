"""What the endpoint answers, and the page of the site that says it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from bilingual.model import Binder, Place
from newsletter.pages import Choice, SubscribeForm, choices_of, endpoint_path
from newsletter.settings import SUBSCRIBE, Newsletter
from press.model import Sheet

TEMPLATE = "newsletter"

Print = Callable[[Sheet], bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    `about` names its phrases: `endpoint.<about>_title`, `_text` and for a button `_button`;
    `button` is the field that this sends, `name=value`. `languages` are chosen in a form that sets
    them; `leave` is where the same person unsubscribes. `again` offers the form to subscribe, `to`
    leads there at once. `wait_s` is after how long another try may do.
    """

    status: HTTPStatus
    about: str
    values: Mapping[str, object] = field(default_factory=dict)
    button: str = ""
    languages: Sequence[str] | None = None
    leave: str = ""
    form: SubscribeForm | None = None
    again: bool = False
    to: str = ""
    wait_s: float = 0

    @property
    def faulty(self) -> bool:
        """Tell whether it asks to fill in a form again."""
        return self.status is HTTPStatus.UNPROCESSABLE_ENTITY


class Replies:
    """Prints replies as pages of the site."""

    def __init__(self, newsletter: Newsletter, binder: Binder, print_: Print) -> None:
        self._newsletter = newsletter
        self._binder = binder
        self._print = print_
        self._base = endpoint_path(newsletter, binder)
        self.languages = tuple(lang for lang in binder.languages if lang in newsletter.senders)

    def page(self, reply: Reply, lang: str, rest: str) -> bytes:
        """Return the page of a reply to a request for what lies at `rest` below a language."""
        binder = self._binder
        addresses = {other: f"{self._base}/{other}/{rest}" for other in self.languages}
        text = binder.phrase(lang, f"endpoint.{reply.about}_text", **reply.values)
        sent, _, value = reply.button.partition("=")
        button = binder.phrase(lang, f"endpoint.{reply.about}_button") if sent else ""
        sheet = binder.sheet(
            Place(lang, addresses[lang], addresses),
            TEMPLATE,
            title=binder.phrase(lang, f"endpoint.{reply.about}_title"),
            description=text.partition("\n")[0],
            robots="noindex",
            paragraphs=text.split("\n"),
            action=addresses[lang],
            button=button,
            sent=sent,
            value=value,
            choices=self._choices(reply.languages),
            fault=binder.phrase(lang, "endpoint.no_language") if reply.faulty else "",
            leave=reply.leave,
            form=reply.form,
            again=binder.address(lang, SUBSCRIBE) if reply.again else "",
        )
        return self._print(sheet)

    def _choices(self, chosen: Sequence[str] | None) -> tuple[Choice, ...]:
        return () if chosen is None else choices_of(self._newsletter, self._binder, chosen)
