"""Files of subscribers as people have them."""

import codecs
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.errors import ImportRefused
from newsletter.importing import BadRow, moment_of, read_rows
from tests.newsletter.people import T0

TOKYO = ZoneInfo("Asia/Tokyo")
HEAD = "address,languages,name,consent_at,consent_how\n"
ROW = "reader@customer.example,ja,山田 花子,2026-11-01,on paper\n"


def rows(text, encoding="utf-8"):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return read_rows(data, ("ja", "en"), TOKYO, T0)


def reasons(row):
    """Why a row is bad; none where it is good."""
    found = rows(HEAD + row)
    return [bad.reason for bad in found.bad]


def test_a_row_is_somebody_with_a_consent():
    (one,) = rows(HEAD + "Reader@例え.jp,ja en,山田 花子,2026-11-01 10:00,on paper\n").good
    assert ("Reader@xn--r8jz45g.jp", ("ja", "en"), "山田 花子") == (
        one.address,
        one.languages,
        one.name,
    )
    assert datetime(2026, 11, 1, 10, 0, tzinfo=TOKYO).timestamp() == one.consent.at
    assert "on paper" == one.consent.how


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        pytest.param((HEAD + ROW).encode(), "utf-8-sig", id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + (HEAD + ROW).encode(), "utf-8-sig", id="Excel: CSV UTF-8"),
        pytest.param((HEAD + ROW).encode("cp932"), "cp932", id="Excel in Japan: CSV"),
        pytest.param(
            (HEAD + ROW).replace(",", "\t").encode("utf-16"), "utf-16", id="Excel: Unicode text"
        ),
        pytest.param(
            codecs.BOM_UTF16_BE + (HEAD + ROW).encode("utf-16-be"), "utf-16", id="UTF-16, big end"
        ),
        pytest.param((HEAD + ROW).replace(",", ";").encode(), "utf-8-sig", id="semicolons"),
        pytest.param((HEAD + ROW).replace("\n", "\r\n").encode(), "utf-8-sig", id="CRLF"),
        pytest.param((HEAD + ROW).replace("\n", "\r").encode(), "utf-8-sig", id="CR"),
    ],
)
def test_a_file_may_come_from_any_spreadsheet(data, encoding):
    found = rows(data)
    assert encoding == found.encoding
    assert [("reader@customer.example", "山田 花子")] == [(o.address, o.name) for o in found.good]
    assert () == found.bad


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            (HEAD + ROW).encode("utf-16-le"), "is neither UTF-8, UTF-16 with", id="UTF-16, no mark"
        ),
        pytest.param((HEAD + ROW).encode() + b"\xff", "is neither UTF-8, UTF-16", id="broken"),
        pytest.param(b"", "lacks address, languages, consent_at, consent_how; write add", id="0"),
        pytest.param(ROW.encode(), "line 1: names the columns, and lacks address", id="no head"),
        pytest.param(
            HEAD.replace("name", "naem").encode(), 'and does not know "naem"; write', id="misspelt"
        ),
        pytest.param(HEAD.replace("name", "address").encode(), "and names one twice", id="twice"),
        pytest.param(b'address,"name\n', "lacks address", id="head cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(data, message):
    with pytest.raises(ImportRefused, match=message):
        rows(data)


def test_the_refusal_shows_how_a_file_looks():
    with pytest.raises(ImportRefused) as caught:
        rows("email\n")
    assert (
        "line 1: names the columns, and lacks address, languages, consent_at, consent_how and "
        'does not know "email"; write address,languages,name,consent_at,consent_how and below it '
        "rows like reader@customer.example,ja en,山田 花子,2026-11-26 10:00,signed up at the office"
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "reader,ja,,2026-11-01,on paper",
            '"reader" is no address: An email address must have an @-sign.',
        ),
        ("r@c.example,,,2026-11-01,on paper", "languages: nothing is none of ja, en"),
        ("r@c.example,jp,,2026-11-01,on paper", 'languages: "jp" is none of ja, en'),
        (
            "r@c.example,ja,=1+1,2026-11-01,on paper",
            "name: begins with =, which a spreadsheet takes for a formula; leave that out",
        ),
        (
            'r@c.example,ja,"a\nBcc: b@c.example",2026-11-01,on paper',
            "name: a line break or another invisible character; write one line of text",
        ),
        (
            "r@c.example,ja,,2026-11-01,",
            'consent_how: is empty; say how they agreed, as in "signed up on paper"',
        ),
        ("r@c.example,ja,,,on paper", 'consent_at: "" is no date like 2026-11-26 10:00'),
        (
            "r@c.example,ja,,01/11/2026,on paper",
            'consent_at: "01/11/2026" is no date like 2026-11-26 10:00',
        ),
        (
            "r@c.example,ja,,2026-11-31,on paper",
            'consent_at: "2026-11-31" is no date like 2026-11-26 10:00',
        ),
        ("r@c.example,ja,,2099-01-01,on paper", 'consent_at: "2099-01-01" lies in the future'),
        (
            "r@c.example,ja,Yamada, Hanako,2026-11-01,on paper",
            "has 6 values for 5 columns; write a value that holds the separator in quotation marks",
        ),
    ],
)
def test_a_bad_row_says_what_to_mend(row, reason):
    assert [reason] == reasons(row)


def test_all_that_is_wrong_in_a_row_is_said_at_once():
    (reason,) = reasons("reader,jp,,,")
    assert 4 == len(reason.split("; ")) - 1
    assert "consent_how" in reason
    assert "consent_at" in reason


def test_a_bad_row_is_named_by_its_line_and_the_rest_is_taken():
    """Lines as an editor counts them: a value may hold line breaks, a line may be empty."""
    text = HEAD + ROW + 'bad,ja,"two\nlines",2026-11-01,x\n\n,,,,\n' + ROW + "worse,ja,,x,x\n" + ROW
    found = rows(text)
    assert [3, 8] == [bad.line for bad in found.bad]
    assert 3 == len(found.good)


def test_a_quotation_mark_that_is_never_closed_is_said_where_it_opens():
    text = HEAD + ROW + 'a@b.example,ja,"Hanako,2026-11-01,x\n' + ROW * 3
    assert [
        BadRow(
            3, 'cannot be read (unexpected end of data); look for a " that is opened and not closed'
        )
    ] == list(rows(text).bad)


def test_a_file_may_say_less_where_a_name_is_not_known():
    text = "consent_how,consent_at,languages,address\non paper,2026-11-01,en,r@c.example\n"
    assert [("r@c.example", "")] == [(one.address, one.name) for one in rows(text).good]


@pytest.mark.parametrize("written", ["ja en", "ja,en", "ja; en", "en ja ja", "ja、en", "ja/en"])
def test_languages_may_be_listed_in_any_way(written):
    (one,) = rows(HEAD + f'r@c.example,"{written}",,2026-11-01,on paper\n').good
    assert {"ja", "en"} == set(one.languages)
    assert 2 == len(one.languages)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01", "2026-11-01T00:00:00+09:00"),
        ("2026/11/1", "2026-11-01T00:00:00+09:00"),
        ("2026/11/1 9:05", "2026-11-01T09:05:00+09:00"),
        ("2026-11-01 09:05:06", "2026-11-01T09:05:06+09:00"),
        ("2026-11-01T09:05:06Z", "2026-11-01T09:05:06+00:00"),
        ("2026-11-01 09:05+08:00", "2026-11-01T09:05:00+08:00"),
    ],
)
def test_a_date_is_read_as_spreadsheets_write_it(text, moment):
    assert datetime.fromisoformat(moment) == moment_of(text, TOKYO)


@pytest.mark.parametrize(
    "text", ["", "x", "11/1/2026", "2026-13-01", "2026-11-01 25:00", "20261101"]
)
def test_what_is_no_date_is_none(text):
    assert None is moment_of(text, TOKYO)
