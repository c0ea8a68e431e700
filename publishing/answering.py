"""The newsletter's endpoint as a WSGI server runs it, with the pages of the site.

`gunicorn 'publishing.answering:application()'` beside `plugins/` on the import path.
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import sleep, time

from bilingual.binding import binder_of
from network_status.conf import Settings, read_settings
from newsletter.desk import STORE
from newsletter.endpoint import Endpoint, House, limits
from newsletter.errors import NewsletterSettingsError, StoreError
from newsletter.letterbox import Letterbox, Letterhead
from newsletter.pages import imprint_of, privacy_of
from newsletter.relay import relay_from
from newsletter.replies import Print, Replies
from newsletter.settings import NEWSLETTER, newsletter_of, sender_of
from newsletter.signature import signature_from
from newsletter.store import Store
from newsletter.subscribers import Subscribers
from newsletter.tokens import Signer, signer_from
from press.model import Sheet
from press.printing import print_page
from press.styles import Styles
from press.templates import templates_of
from publishing.around import written
from publishing.layout import Layout
from publishing.status import need_content, places_on, settings_at

_log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent

_TIMEOUT_S, _ANSWER_S = 5.0, 15.0
"""How long somebody who sent the form waits for each word of the mail server, and the last: in all
less than the minute after which nginx gives up."""


def application(settings_file: str = "publishconf.py", tended_s: float = 3_600) -> Endpoint:
    """Return the endpoint that settings beside `plugins/` and the environment describe.

    With ATOGAKI_ROOT it is that of a server. Each `tended_s` seconds its store forgets what must
    not be kept. Raises NewsletterSettingsError, StoreError where the store is not to be opened, and
    RefreshError where the content is gone for a moment.
    """
    root = os.environ.get("ATOGAKI_ROOT", "")
    file = ROOT / settings_file
    if root:
        layout = Layout(Path(root))
        settings, store = settings_at(file, places_on(layout)), layout.newsletter_store
        need_content(settings)
    else:
        settings = read_settings(file)
        store = file.parent / settings.get("NEWSLETTER_STORE", STORE)
    endpoint = endpoint_of(settings, os.environ, store)
    Thread(
        target=_keep_tending, args=(store, signer_from(os.environ), tended_s), daemon=True
    ).start()
    return endpoint


def endpoint_of(settings: Settings, environ: Mapping[str, str], store: Path) -> Endpoint:
    """Return the endpoint of a site; a store that cannot be used is told before anybody asks."""
    newsletter = newsletter_of(settings)
    if newsletter is None or newsletter.endpoint is None:
        raise NewsletterSettingsError(
            [f'pelicanconf.py: {NEWSLETTER}: has no endpoint; write "endpoint": "/newsletter"']
        )
    signer = signer_from(environ)
    relay = replace(relay_from(environ), timeout_s=_TIMEOUT_S, answer_s=_ANSWER_S)
    signature = signature_from(environ, newsletter.from_address.rpartition("@")[2])
    there = written(settings)
    binder = binder_of(settings, there)
    privacy = {lang: privacy_of(lang, binder, there) for lang in newsletter.senders}
    letterheads = {
        lang: Letterhead(
            sender_of(newsletter, lang, settings["SITEURL"]),
            imprint_of(lang, newsletter, binder, privacy[lang]),
            signature,
        )
        for lang in newsletter.senders
    }
    _tend(store, signer)
    return Endpoint(
        House(
            newsletter,
            binder,
            privacy,
            signer,
            lambda: Store(store, signer),
            Letterbox(relay, letterheads, signer),
            Replies(newsletter, binder, _printer(settings)),
            time,
            limits(),
        )
    )


def _tend(store: Path, signer: Signer) -> None:
    with Store(store, signer) as people:
        Subscribers(people).tend(int(time()))


def _keep_tending(store: Path, signer: Signer, every_s: float) -> None:
    """Tend the store for ever: nobody need ask for anything for that."""
    while True:
        sleep(every_s)
        try:
            _tend(store, signer)
        except StoreError as error:
            _log.error("newsletter: %s", error)


def _printer(settings: Settings) -> Print:
    """Return what prints a page as a build does."""
    theme = Path(settings["THEME"])
    templates = templates_of(theme, Path(settings["CACHE_PATH"]))
    styles = Styles(theme / "static" / "css")

    def print_(sheet: Sheet) -> bytes:
        return print_page(sheet, templates.get_template(f"{sheet.template}.html"), styles)

    return print_
