"""Links that only we can make, each for one person and one purpose."""

import base64

import pytest

from newsletter.errors import NewsletterSettingsError, TokenError, TokenExpired
from newsletter.tokens import CONFIRM_S, Purpose, Signer, signer_from
from tests.newsletter.people import SIGNER, T0

READER = SIGNER.person("reader@customer.example")
REQUEST = SIGNER.request("reader@customer.example", "花子", ["ja"])


def decoded(token):
    """The bytes behind the mark."""
    return base64.urlsafe_b64decode(token[1:] + "===")


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_opens_for_its_purpose_and_no_other(purpose):
    key = REQUEST if purpose is Purpose.CONFIRM else READER
    token = SIGNER.sign(purpose, key, T0)
    assert key == SIGNER.open(purpose, token, T0)
    for other in set(Purpose) - {purpose}:
        with pytest.raises(TokenError):
            SIGNER.open(other, token, T0)


@pytest.mark.parametrize("purpose", [Purpose.UNSUBSCRIBE, Purpose.LANGUAGE])
def test_what_stands_in_a_mail_works_as_long_as_the_mail_is_kept(purpose):
    token = SIGNER.sign(purpose, READER, T0)
    assert READER == SIGNER.open(purpose, token, T0 + 50 * 365 * 86_400)
    assert token == SIGNER.sign(purpose, READER, T0 + 1)


def test_a_link_to_confirm_ends_after_two_days():
    token = SIGNER.sign(Purpose.CONFIRM, REQUEST, T0)
    assert REQUEST == SIGNER.open(Purpose.CONFIRM, token, T0 + CONFIRM_S - 1)
    with pytest.raises(TokenExpired, match="this link was good for 48 hours; subscribe again"):
        SIGNER.open(Purpose.CONFIRM, token, T0 + CONFIRM_S)


def test_every_changed_bit_is_noticed():
    data = decoded(SIGNER.sign(Purpose.CONFIRM, REQUEST, T0))
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        token = "t" + base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        with pytest.raises(TokenError):
            SIGNER.open(Purpose.CONFIRM, token, T0)


def test_no_token_begins_like_an_option_of_a_command():
    for first in range(256):
        assert "t" == SIGNER.sign(Purpose.UNSUBSCRIBE, bytes([first]) + READER[1:], T0)[0]


@pytest.mark.parametrize("first", [b"\xfb", b"\xb7", READER[:1]], ids=["hyphen", "t", "any"])
def test_a_link_in_an_older_mail_still_works(first):
    """It has no mark, and may begin with a hyphen, or with what the mark is now."""
    person = first + READER[1:]
    token = SIGNER.sign(Purpose.UNSUBSCRIBE, person, T0)[1:]
    assert person == SIGNER.open(Purpose.UNSUBSCRIBE, token, T0)


TOKEN = SIGNER.sign(Purpose.UNSUBSCRIBE, READER, T0)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="nothing"),
        pytest.param("A", id="no base64"),
        pytest.param(TOKEN[:-4], id="cut off"),
        pytest.param(TOKEN + "AAAA", id="longer"),
        pytest.param(TOKEN + "=", id="padded"),
        pytest.param("u" + TOKEN[1:], id="other mark"),
        pytest.param("t" + TOKEN, id="two marks"),
        pytest.param(TOKEN[:-1] + chr(ord(TOKEN[-1]) + 1), id="another spelling of the same bytes"),
        pytest.param(TOKEN + "\n", id="line break"),
        pytest.param("あ" * 43, id="no ASCII"),
        pytest.param("A" * 100_000, id="very long"),
        pytest.param(Signer(b"another key").sign(Purpose.UNSUBSCRIBE, READER, T0), id="other key"),
    ],
)
def test_whatever_we_did_not_write_is_refused(token):
    with pytest.raises(TokenError, match="this link is not one of ours"):
        SIGNER.open(Purpose.UNSUBSCRIBE, token, T0)


def test_a_token_tells_no_address_and_nothing_of_who_else_there_is():
    data = decoded(TOKEN)
    assert b"reader" not in data
    assert b"customer" not in data
    assert SIGNER.person("reader2@customer.example")[:2] != READER[:2]


def test_an_address_is_one_person_however_it_is_written():
    assert READER == SIGNER.person("Reader@Customer.Example")


def test_a_request_that_says_something_else_has_another_key():
    keys = {
        SIGNER.request(address, name, languages)
        for address in ("reader@customer.example", "other@customer.example")
        for name in ("", "花子", "ja")
        for languages in (["ja"], ["en"], ["ja", "en"])
    }
    assert 18 == len(keys)
    assert READER == REQUEST[:16]


def test_a_link_stands_below_the_endpoint():
    link = SIGNER.link("https://columns.example/newsletter/ja", Purpose.UNSUBSCRIBE, READER, T0)
    assert f"https://columns.example/newsletter/ja/unsubscribe/{TOKEN}" == link


@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        pytest.param({}, "is not set", id="missing"),
        pytest.param({"ATOGAKI_NEWSLETTER_KEY": " short "}, "has 5 characters", id="short"),
    ],
)
def test_a_key_that_is_missing_or_short_is_said_with_how_to_make_one(environ, fault):
    with pytest.raises(NewsletterSettingsError) as caught:
        signer_from(environ)
    assert (
        f"ATOGAKI_NEWSLETTER_KEY: {fault}; it signs everybody's links and never changes. "
        "Make one of 32 characters or more: "
        'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
    ) == str(caught.value)


def test_the_key_comes_from_the_environment():
    key = "k" * 32
    signer = signer_from({"ATOGAKI_NEWSLETTER_KEY": key})
    assert Signer(key.encode()).person("a@b.example") == signer.person("a@b.example")
