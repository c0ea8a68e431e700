"""A column as the message that subscribers would get, in a mailbox file on this machine."""

import mailbox
import runpy
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from newsletter.errors import NewsletterError, SendRefused
from newsletter.message import compose
from newsletter.model import Consent, Edition, Subscriber
from newsletter.release import in_folder
from newsletter.settings import Newsletter, newsletter_of, sender_of
from newsletter.tokens import Signer

FOLDER = Path("var", "mail-preview")
"""Where a preview builds the site; it stays, so that the next one has less to do."""
MAILBOX = Path("var", "preview.mbox")

_SIGNER = Signer(b"of previews, whose links change nothing")

Settings = Mapping[str, Any]  # Any: the variables of a settings file


def main(settings_file: str, slug: str, lang: str = "", mailbox_file: str = "") -> int:
    """Append the messages of a column, which may be a draft, to a mailbox; return the exit status.

    Without `lang` there is a message for each language.
    """
    file = Path(settings_file).resolve()
    target = Path(mailbox_file or file.parent / MAILBOX)
    try:
        settings = runpy.run_path(str(file))
        newsletter = _newsletter(settings, lang)
        editions = _editions(file, slug, [lang] if lang else list(newsletter.senders))
        append(target, editions, newsletter, settings)
    except (NewsletterError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for edition in editions:
        print(f"{target}: {edition.lang}: {edition.subject}")
    return 0


def append(
    target: Path, editions: list[Edition], newsletter: Newsletter, settings: Settings
) -> None:
    """Append editions to a mailbox as they would reach a subscriber. Raises OSError."""
    address = newsletter.contact_address
    languages = tuple(edition.lang for edition in editions)
    reader = Subscriber(
        _SIGNER.person(address), address, "", languages, Consent(0, "asked for a preview")
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(mailbox.mbox(target)) as box:
        box.lock()
        for edition in editions:
            sender = sender_of(newsletter, edition.lang, settings["SITEURL"])
            box.add(compose(edition, sender, reader, _SIGNER, settings["NOW"]).as_bytes())


def _newsletter(settings: Settings, lang: str) -> Newsletter:
    """Return the site's newsletter if it has one in `lang`. Raises NewsletterError."""
    newsletter = newsletter_of(settings)
    if newsletter is None:
        raise NewsletterError("pelicanconf.py: NEWSLETTER: is not set, and so there is no mail")
    if lang and lang not in newsletter.senders:
        known = ", ".join(newsletter.senders)
        raise NewsletterError(f'"{lang}" has no newsletter; write one of {known}')
    return newsletter


def _editions(settings_file: Path, slug: str, languages: list[str]) -> list[Edition]:
    """Build the site with its drafts, and return a column's editions. Raises NewsletterError.

    The build is a process of its own, whose faults are told and stop nothing.
    """
    root = settings_file.parent
    command = [sys.executable, "-m", "pelican", "-s", str(settings_file), "--quiet"]
    command += ["-o", str(root / FOLDER), "-e", "SHOW_DRAFTS=true", "LINT_REPORT=true"]
    done = subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL, check=False)  # noqa: S603  ours
    if done.returncode:
        raise NewsletterError("the site cannot be built, so that no mail can be shown")
    try:
        return in_folder(root / FOLDER, slug, languages)
    except SendRefused:
        raise NewsletterError(
            f'"{slug}" is no column in {", ".join(languages)}; write the end of its folder,'
            " as in cable-fault"
        ) from None
