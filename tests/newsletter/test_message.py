"""An edition as a whole message: what it says, and that nothing breaks out of its place."""

import subprocess
from base64 import b64encode
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser

import dkim
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.errors import NewsletterSettingsError
from newsletter.message import compose
from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE
from newsletter.signature import Signature, signature_from
from newsletter.tokens import Purpose
from tests.newsletter.people import NOW, SIGNER, T0, edition, sender, subscriber

READER = SIGNER.person("reader@customer.example")
LINKS = {
    purpose: SIGNER.link("https://columns.example/newsletter/ja", purpose, READER, T0)
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.LANGUAGE)
}


def written(what=None, who=None, by=None, at=NOW):
    """The bytes that go to the mail server."""
    return compose(what or edition(), by or sender(), who or subscriber(), SIGNER, at).as_bytes()


def parsed(data):
    return message_from_bytes(data, policy=default)


def part(message, kind):
    (found,) = [one for one in message.iter_parts() if one.get_content_type() == kind]
    return found


def test_the_headers_of_an_edition():
    message = parsed(written())
    token = LINKS[Purpose.UNSUBSCRIBE].rpartition("/")[2]
    assert {
        "From": "あとがき <columns@atogaki.example>",
        "To": "山田 花子 <reader@customer.example>",
        "Subject": "海底ケーブルが切れた朝",
        "Date": "Thu, 26 Nov 2026 09:00:00 +0000",
        "Content-Language": "ja",
        "List-Id": "<ja.columns.atogaki.example>",
        "List-Unsubscribe": f"<{LINKS[Purpose.UNSUBSCRIBE]}>, "
        f"<mailto:unsubscribe@atogaki.example?subject=unsubscribe%20{token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": "<https://columns.example/ja/columns/>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    } == {
        name: value for name, value in message.items() if name not in ("Message-ID", "Content-Type")
    }
    assert len(set(map(str.lower, message.keys()))) == len(message.keys())


def test_one_address_for_unsubscribing_is_https_and_one_a_mailbox():
    """RFC 8058 §3.1."""
    places = parsed(written())["List-Unsubscribe"].split(", ")
    assert ["<https:", "<mailto:"] == [place.partition(":")[0] + ":" for place in places]


def test_text_comes_first_then_html_both_as_base64():
    message = parsed(written())
    assert "multipart/alternative" == message.get_content_type()
    assert [
        ("text/plain", "utf-8", "base64"),
        ("text/html", "utf-8", "base64"),
    ] == [
        (one.get_content_type(), one.get_content_charset(), one["Content-Transfer-Encoding"])
        for one in message.iter_parts()
    ]


def test_both_parts_say_what_the_edition_says_with_the_readers_own_links():
    what, message = edition(), parsed(written())
    for place, purpose in ((UNSUBSCRIBE_PLACE, Purpose.UNSUBSCRIBE), (LANGUAGE_PLACE, "language")):
        link = LINKS[Purpose(purpose)]
        what = edition(text=what.text.replace(place, link), html=what.html.replace(place, link))
    assert what.text == part(message, "text/plain").get_content().replace("\r\n", "\n")
    assert what.html == part(message, "text/html").get_content().removesuffix("\r\n")


def test_a_link_is_escaped_where_html_wants_it():
    by = sender(endpoint="https://columns.example/?a=1&b=<")
    message = parsed(written(by=by))

    class Links(HTMLParser):
        found: list[str]

        def handle_starttag(self, tag, attrs):
            if tag == "a":
                self.found.append(dict(attrs)["href"])

    links = Links()
    links.found = []
    links.feed(part(message, "text/html").get_content())
    assert links.found[0].startswith("https://columns.example/?a=1&b=</unsubscribe/")


def test_without_an_endpoint_a_reader_leaves_and_changes_by_mail():
    """Neither an address of the web nor the promise of one click (RFC 8058) is in it then."""
    message = parsed(written(by=sender(endpoint="")))
    unsubscribe, language = (
        f"mailto:unsubscribe@atogaki.example?subject={purpose}%20{LINKS[purpose].rpartition('/')[2]}"
        for purpose in (Purpose.UNSUBSCRIBE, Purpose.LANGUAGE)
    )
    assert (f"<{unsubscribe}>", None) == (
        message["List-Unsubscribe"], message["List-Unsubscribe-Post"],
    )  # fmt: skip
    text = part(message, "text/plain").get_content().splitlines()
    assert [unsubscribe, language] == [line for line in text if line.startswith("mailto:")]


def test_the_message_id_is_of_one_edition_and_one_reader():
    same = parsed(written())["Message-ID"]
    assert same == parsed(written(at=datetime(2027, 1, 1, tzinfo=UTC)))["Message-ID"]
    others = {
        parsed(written(edition("en")))["Message-ID"],
        parsed(written(edition(id="another000/ja")))["Message-ID"],
        parsed(written(who=subscriber("other@customer.example")))["Message-ID"],
    }
    assert 4 == len(others | {same})
    assert same.endswith("@atogaki.example>")
    assert "reader" not in same


def test_the_same_message_is_the_same_bytes():
    assert written() == written()


def test_lines_keep_to_the_limits_of_mail():
    """RFC 5322 §2.1.1: 998 octets at most and 78 where it can be; a URL cannot be broken."""
    long = edition(subject="海底ケーブル" * 40, text="語" * 5000 + "\n", html="<p>" + "語" * 5000)
    for line in written(long, subscriber(name="山田" * 40)).split(b"\r\n"):
        assert len(line) <= 998
        assert len(line) <= 78 or b"://" in line or b"mailto:" in line
        assert line.isascii()
        assert b"\n" not in line
        assert b"\r" not in line


@pytest.mark.parametrize(
    ("what", "who"),
    [
        pytest.param({"subject": "A cut\r\nBcc: all@customer.example"}, {}, id="subject"),
        pytest.param({"subject": "A cut\nBcc: all@customer.example"}, {}, id="subject, LF"),
        pytest.param({}, {"name": "Hanako\r\nBcc: all@customer.example"}, id="name"),
        pytest.param({}, {"name": "Hanako\nX: y"}, id="name, LF"),
        pytest.param({}, {"address": "a@b.example\r\nBcc: all@customer.example"}, id="address"),
        pytest.param({}, {"address": "a@b.example, all@customer.example"}, id="two addresses"),
        pytest.param({"lang": "ja\r\nBcc: all@customer.example"}, {}, id="language"),
    ],
)
def test_nothing_breaks_out_of_its_header(what, who):
    with pytest.raises((ValueError, IndexError)):
        written(edition(**what), subscriber(**who))


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien, Zoë",
        '"quoted" <all@customer.example>',
        "a@b.example, all@customer.example",
        "山田, 花子 (総務)",
        "back\\slash",
        "",
        "名" * 100,
    ],
)
def test_a_name_arrives_as_it_is_and_adds_no_address(name):
    to = message_from_bytes(written(who=subscriber(name=name)))["To"]
    ((shown, address),) = getaddresses([to])
    assert ("reader@customer.example", name) == (address, str(make_header(decode_header(shown))))


@example("How =?utf-8?B?YQ==?= came into our subjects")
@example("=?utf-8?q?=0D=0ABcc:_all=40customer.example?=")
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_every_subject_arrives(subject):
    """What white space there is may be folded, and at the ends it is not seen."""
    arrived = parsed(written(edition(subject=subject)))["Subject"]
    assert " ".join(subject.split()) == " ".join(arrived.split())


# --- DKIM -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key():
    command = ["openssl", "genrsa", "2048"]
    return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603  our own


@pytest.fixture(scope="module")
def public(key):
    """What stands in DNS for that key."""
    command = ["openssl", "rsa", "-pubout", "-outform", "DER"]
    run = subprocess.run(command, input=key, capture_output=True, check=True)  # noqa: S603  our own
    record = b"v=DKIM1; k=rsa; p=" + b64encode(run.stdout)
    return lambda name, **_: record if name == b"2026a._domainkey.atogaki.example." else None


@pytest.fixture
def signed(key):
    return Signature(key, "2026a", "atogaki.example").signed(written())


def holds(message, public):
    try:
        return dkim.verify(message, dnsfunc=public)
    except dkim.DKIMException:
        return False


def test_a_signature_holds(signed, public):
    assert holds(signed, public)
    assert parsed(written()).items() == parsed(signed).items()[1:]


def test_a_signature_covers_both_headers_for_unsubscribing(signed):
    """RFC 8058 §4."""
    names = {one.strip() for one in _tag(signed, "h").split(":")}
    assert {"from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post"} <= names


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/newsletter/ja/unsubscribe/", b"/newsletter/ja/unsubscribe/x"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"From: ", b"From: <boss@customer.example>\r\nFrom: "),
        (b"List-Id: ", b"X-List-Id: "),
        (b"base64\r\n\r\n", b"base64\r\n\r\nQQ=="),
    ],
)
def test_a_signature_breaks_with_what_it_covers(signed, public, old, new):
    changed = signed.replace(old, new, 1)
    assert changed != signed
    assert not holds(changed, public)


def _tag(message, name):
    value = "".join(parsed(message)["DKIM-Signature"].split())
    return dict(one.split("=", 1) for one in value.split(";"))[name]


def test_without_a_key_the_relay_signs():
    assert None is signature_from({}, "atogaki.example")


def test_a_key_may_be_given_itself_or_as_a_file(tmp_path, key):
    file = tmp_path / "dkim.pem"
    file.write_bytes(key)
    for given_ in (key.decode(), str(file)):
        environ = {"ATOGAKI_DKIM_KEY": given_, "ATOGAKI_DKIM_SELECTOR": "2026a"}
        found = signature_from(environ, "atogaki.example")
        assert ("2026a", "atogaki.example") == (found.selector, found.domain)
        assert key.strip() == found.key.strip()
        assert "PRIVATE" not in repr(found)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        pytest.param(
            {"ATOGAKI_DKIM_KEY": "/nowhere/dkim.pem", "ATOGAKI_DKIM_SELECTOR": "a"},
            "ATOGAKI_DKIM_KEY: /nowhere/dkim.pem: No such file or directory; "
            "write the path of a PEM file",
            id="no file",
        ),
        pytest.param(
            {"ATOGAKI_DKIM_KEY": "-----BEGIN PRIVATE KEY-----"},
            "ATOGAKI_DKIM_SELECTOR: is not set; it names the public key in DNS, as in 2026a",
            id="no selector",
        ),
        pytest.param(
            {"ATOGAKI_DKIM_KEY": "-----BEGIN PRIVATE KEY-----", "ATOGAKI_DKIM_SELECTOR": "a"},
            "ATOGAKI_DKIM_KEY: is no RSA key that signs (Private key not found); "
            "write it in PEM form",
            id="no key",
        ),
    ],
)
def test_a_key_that_cannot_sign_is_said(environ, message):
    with pytest.raises(NewsletterSettingsError) as caught:
        signature_from(environ, "atogaki.example")
    assert message == str(caught.value)
