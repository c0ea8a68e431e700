"""Addresses and names as they may come in: from files, forms and other servers."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import AddressError

NAME_LENGTH = 100
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula when our table is opened in one."""


def normalised(text: str) -> str:
    """Return an address as mail uses it: the local part as written, the domain in IDNA.

    Asks no name server. Raises AddressError with the reason.
    """
    try:
        found = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        raise AddressError(f"{shown(text)} is no address: {error}") from None
    if found.ascii_email is None or found.local_part.startswith(_FORMULA):
        raise AddressError(f"{shown(text)} is no address that we write to")
    return found.ascii_email


def name_fault(name: str) -> str | None:
    """Return what keeps a text from being somebody's name in a header and a table, or None."""
    if any(unicodedata.category(char) in _INVISIBLE for char in name):
        return "a line break or another invisible character; write one line of text"
    if name.startswith(_FORMULA):
        return f"begins with {name[0]}, which a spreadsheet takes for a formula; leave that out"
    if "=?" in name:
        return "holds =?, which mail takes for an encoded word; leave that out"
    if len(name) > NAME_LENGTH:
        return f"has {len(name)} characters; {NAME_LENGTH} are allowed"
    return None


def shown(text: str) -> str:
    """Return a text in quotation marks, short and without what could disturb a terminal."""
    plain = "".join(char if char.isprintable() else "�" for char in text)
    return f'"{plain}"' if len(plain) <= NAME_LENGTH else f'"{plain[:NAME_LENGTH]}…"'
