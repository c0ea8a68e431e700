"""`invoke subscribers.*`: what it says and does."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter.errors import AddressError, ImportRefused, NewsletterError
from newsletter.roster import change_languages, import_file, list_all, remove
from newsletter.subscribers import Subscribers
from newsletter.tokens import Purpose
from tests.newsletter.people import SIGNER, T0, enrolled, enrolment, store_in
from tests.newsletter.site import KEY, desk

ROOT = Path(__file__).parents[2]
READER = SIGNER.person("reader@customer.example")
ROWS = """\
address,languages,name,consent_at,consent_how
a@customer.example,ja en,山田 花子,2026-11-01 10:00,signed up at the office
A@Customer.example,en,,2026-11-02,form
b@customer,ja,,2026-11-02,form
c@customer.example,ja,佐藤,2026-11-03,form
"""


@pytest.fixture
def here(tmp_path):
    return desk(tmp_path)


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(ROWS, encoding="utf-8")
    return file


def listed(here, *, as_csv):
    out = io.StringIO()
    list_all(here, as_csv=as_csv, out=out, now=T0)
    return out.getvalue()


def test_a_file_is_taken_and_its_bad_rows_named(here, file, capsys):
    assert 1 == import_file(here, file, T0)
    said = capsys.readouterr()
    assert said.out == (
        "2 new, 1 known before, 0 kept out as they left after that consent, 1 bad rows\n"
    )
    assert said.err.startswith(f'{file}:4: "b@customer" is no address: ')


def test_a_file_in_shift_jis_is_said_to_be_read_as_such(here, file, capsys):
    file.write_bytes(ROWS.replace("b@customer,", "b@customer.example,").encode("cp932"))
    assert 0 == import_file(here, file, T0)
    assert 'read as cp932 (Shift_JIS); one of the names is "山田 花子"\n' in capsys.readouterr().out


def test_a_file_that_is_not_there_is_said(here, tmp_path):
    with pytest.raises(ImportRefused, match=r"none\.csv: No such file or directory"):
        import_file(here, tmp_path / "none.csv", T0)


def test_a_file_with_other_columns_is_said_with_its_name(here, file):
    file.write_text("email\n")
    with pytest.raises(ImportRefused, match=r"people\.csv: line 1: names the columns, and lacks"):
        import_file(here, file, T0)


def test_a_removed_person_is_kept_out_of_the_next_import(here, file, capsys):
    import_file(here, file, T0)
    assert 0 == remove(here, "A@customer.example", T0)
    import_file(here, file, T0)
    out = capsys.readouterr().out.splitlines()
    assert "removed; no older consent brings this address back, and a new one can" == out[1]
    assert out[2].startswith("0 new, 1 known before, 2 kept out as they left after")


def test_the_token_of_a_mail_removes_whoever_sent_it(here, tmp_path):
    enrolled(tmp_path, enrolment())
    token = SIGNER.sign(Purpose.UNSUBSCRIBE, SIGNER.person("reader@customer.example"), T0)
    assert 0 == remove(here, token, T0)
    assert "reader@customer.example" not in listed(here, as_csv=True)


@pytest.mark.parametrize(
    ("whom", "languages"),
    [
        ("Reader@customer.example", "en"),
        (SIGNER.sign(Purpose.LANGUAGE, READER, T0), "en, ja"),
    ],
)
def test_somebodys_languages_are_set_as_they_wrote(here, tmp_path, capsys, whom, languages):
    """Known by their address, or by the token of the mail that they sent."""
    enrolled(tmp_path, enrolment())
    assert 0 == change_languages(here, whom, languages, T0)
    assert f"reader@customer.example: {languages}\n" == capsys.readouterr().out
    with store_in(tmp_path) as store:
        assert dict.fromkeys(languages.split(", "), 1) == Subscribers(store).counts()


@pytest.mark.parametrize(
    ("whom", "languages", "message"),
    [
        ("reader@customer.example", "en zh", 'languages: "zh" is none of ja, en; write them like'),
        ("reader@customer.example", "", "languages: nothing is none of ja, en"),
        ("never@customer.example", "en", "never@customer.example: does not subscribe"),
        (
            SIGNER.sign(Purpose.UNSUBSCRIBE, READER, T0),
            "en",
            'is neither an address nor what stands in the subject of a mail behind "language"',
        ),
    ],
)
def test_languages_that_cannot_be_set_change_nothing(here, tmp_path, whom, languages, message):
    enrolled(tmp_path, enrolment())
    with pytest.raises(NewsletterError, match=message):
        change_languages(here, whom, languages, T0)
    with store_in(tmp_path) as store:
        assert {"ja": 1} == Subscribers(store).counts()


@pytest.mark.parametrize(
    ("whom", "error"), [("nobody", NewsletterError), ("@customer.example", AddressError)]
)
def test_what_names_nobody_removes_nobody(here, tmp_path, whom, error):
    enrolled(tmp_path, enrolment())
    with pytest.raises(error):
        remove(here, whom, T0)
    assert "reader@customer.example" in listed(here, as_csv=True)


def test_the_list_is_a_table_for_people(here, file):
    import_file(here, file, T0)
    text = listed(here, as_csv=False)
    assert "山田 花子" in text
    assert text.splitlines()[-1] == "en: 1, ja: 2"


def test_an_empty_list_says_so(here):
    assert listed(here, as_csv=False).splitlines()[-1] == "nobody"


def test_a_list_in_csv_is_read_again_as_it_was(here, file, tmp_path):
    import_file(here, file, T0)
    text = listed(here, as_csv=True)
    assert text.splitlines()[0] == "address,languages,name,consent_at,consent_how,suspended"
    (tmp_path / "second").mkdir()
    second = desk(tmp_path / "second")
    file.write_text(text, encoding="utf-8")
    assert 0 == import_file(second, file, T0)
    assert text == listed(second, as_csv=True)


def test_a_suspended_row_of_a_list_is_not_taken_without_a_look(here, file, tmp_path, capsys):
    enrolled(tmp_path, enrolment())
    with store_in(tmp_path) as store:
        Subscribers(store).suspend(SIGNER.person("reader@customer.example"), "550 5.1.1 gone", T0)
    file.write_text(listed(here, as_csv=True), encoding="utf-8")
    (tmp_path / "second").mkdir()
    assert 1 == import_file(desk(tmp_path / "second"), file, T0)
    assert 'suspended: "550 5.1.1 gone"; empty that once they agree' in capsys.readouterr().err


def test_the_commands_work_on_a_servers_files(tmp_path, file):
    """`--root` names the server's root; nothing of the people lies in what is published."""
    root = tmp_path / "server"
    root.mkdir()
    for arguments, status in (
        (["subscribers.import", str(file)], 1),
        (["subscribers.list", "--csv"], 0),
        (["subscribers.languages", "c@customer.example", "ja,en"], 0),
        (["subscribers.remove", "c@customer.example"], 0),
    ):
        done = subprocess.run(  # noqa: S603  our own
            [sys.executable, "-m", "invoke", *arguments, "--root", str(root)],
            cwd=ROOT,
            env={"PATH": "", "ATOGAKI_NEWSLETTER_KEY": KEY, "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert status == done.returncode, done.stderr
    assert ["newsletter.journal", "newsletter.sqlite", "newsletter.sqlite.lock"] == sorted(
        one.name for one in (root / "var").iterdir()
    )


def test_a_command_without_a_key_says_how_to_make_one(tmp_path):
    done = subprocess.run(  # noqa: S603  our own
        [sys.executable, "-m", "invoke", "subscribers.list", "--root", str(tmp_path)],
        cwd=ROOT,
        env={"PATH": "", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 1 == done.returncode
    assert done.stderr.startswith("ATOGAKI_NEWSLETTER_KEY: is not set; it signs everybody's links")
    assert "Traceback" not in done.stderr
