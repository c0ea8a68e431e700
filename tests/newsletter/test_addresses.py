"""What may become an address or a name of ours."""

import pytest

from newsletter.addresses import name_fault, normalised
from newsletter.errors import AddressError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("reader@customer.example", "reader@customer.example", id="plain"),
        pytest.param(" reader@customer.example\n", "reader@customer.example", id="spaces around"),
        pytest.param(
            "X.Reader@Customer.EXAMPLE", "X.Reader@customer.example", id="local part kept"
        ),
        pytest.param("reader@例え.jp", "reader@xn--r8jz45g.jp", id="IDNA"),
        pytest.param("reader+news@customer.example", "reader+news@customer.example", id="tag"),
    ],
)
def test_an_address_is_written_in_one_way(text, address):
    assert address == normalised(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reader",
        "reader@",
        "reader@customer",
        "reader@localhost",
        "reader@customer.invalid",
        "re ader@customer.example",
        "a@b.example, c@d.example",
        "reader@customer.example\r\nBcc: all@customer.example",
        "reader@customer.example\0",
        "Reader <reader@customer.example>",
        '"re\nader"@customer.example',
        "reader@[192.0.2.1]",
        "読者@customer.example",
        "ｒeader@customer.example",
        "=cmd@customer.example",
        "-oQ@customer.example",
        "r" * 65 + "@customer.example",
        "reader@" + "c" * 250 + ".example",
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(text):
    with pytest.raises(AddressError, match="is no address"):
        normalised(text)


def test_a_reason_disturbs_no_terminal():
    with pytest.raises(AddressError) as caught:
        normalised("\x1b[2J" + "r" * 10_000)
    assert str(caught.value).isprintable()
    assert str(caught.value).startswith('"�[2Jrrrr')


@pytest.mark.parametrize("name", ["", "山田 花子", "O'Brien, Zoë", '"Q" <x@y>', "a" * 100])
def test_a_name_may_be_what_names_are(name):
    assert None is name_fault(name)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Hanako\r\nBcc: all@customer.example", "a line break"),
        ("Hanako\nBcc", "a line break"),
        ("Hanako\u2028Bcc", "a line break"),
        ("Hanako\0", "a line break"),
        ("\x1b[31mHanako", "a line break"),
        ("\u202eokanaH", "a line break"),
        ("=HYPERLINK(1)", "begins with =, which a spreadsheet takes for a formula"),
        ("@SUM(1)", "begins with @"),
        ("x =?utf-8?q?=0D=0ABcc:?=", "holds =?, which mail takes for an encoded word"),
        ("a" * 101, "has 101 characters; 100 are allowed"),
    ],
    ids=repr,
)
def test_a_name_that_could_do_more_than_name_is_refused(name, fault):
    assert fault in name_fault(name)
