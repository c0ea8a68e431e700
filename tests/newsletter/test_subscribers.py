"""Who gets mail: coming in, changing, going, and that going is for good."""

import stat
import threading
from itertools import permutations

import pytest

from newsletter.errors import StoreError
from newsletter.journal import Journal
from newsletter.model import Consent, Subscriber
from newsletter.store import Store
from newsletter.subscribers import Enrolled, Subscribers
from newsletter.tokens import CONFIRM_S, Signer
from tests.newsletter.people import DAY_S, SIGNER, T0, edition, enrolment, store_in
from tests.newsletter.site import desk

READER = SIGNER.person("reader@customer.example")


@pytest.fixture
def store(tmp_path):
    with store_in(tmp_path) as store:
        yield store


@pytest.fixture
def people(store):
    return Subscribers(store)


def test_somebody_comes_in_as_they_are(people):
    assert [Enrolled.NEW] == people.enrol([enrolment(name="山田 花子", languages=("ja", "en"))])
    consent = Consent(T0 - DAY_S, "signed up at the office")
    reader = Subscriber(READER, "reader@customer.example", "山田 花子", ("en", "ja"), consent)
    assert reader == people.find(READER)
    assert [reader] == list(people.all())
    assert {"en": 1, "ja": 1} == people.counts()


def test_coming_in_twice_adds_up_in_any_order(tmp_path):
    """Languages add up; the newest consent and the newest name stay."""
    rows = (
        enrolment(languages=("ja",), at=T0 - 3 * DAY_S, name="花子", how="on paper"),
        enrolment("READER@customer.example", ("en",), T0 - 2 * DAY_S, name="山田 花子", how="form"),
        enrolment(languages=("ja",), at=T0 - DAY_S, how="by telephone"),
    )
    found = set()
    for number, order in enumerate(permutations(rows)):
        with store_in(tmp_path / str(number)) as store:
            people = Subscribers(store)
            people.enrol(order)
            people.enrol(order)
            reader = people.find(READER)
            found.add((reader.name, reader.languages, reader.consent))
    assert {("山田 花子", ("en", "ja"), Consent(T0 - DAY_S, "by telephone"))} == found


# --- Choosing oneself -------------------------------------------------------------------------


def test_what_somebody_chose_is_not_undone_by_an_older_consent(people):
    people.enrol([enrolment(languages=("ja", "en"), at=T0 - DAY_S)])
    assert ("en",) == people.change_languages(READER, ["en"], T0).languages
    people.enrol([enrolment(languages=("ja", "en"), at=T0 - DAY_S)])
    assert ("en",) == people.find(READER).languages
    people.enrol([enrolment(languages=("ja",), at=T0 + 1)])
    assert ("en", "ja") == people.find(READER).languages


def test_no_language_at_all_is_leaving(people):
    people.enrol([enrolment()])
    with pytest.raises(ValueError, match="no language left"):
        people.change_languages(READER, [], T0)


def test_a_stranger_has_no_languages_to_change(people):
    assert None is people.change_languages(READER, ["ja"], T0)


# --- Leaving ----------------------------------------------------------------------------------


def test_whoever_left_is_brought_back_by_a_new_consent_only(people):
    people.enrol([enrolment(at=T0 - DAY_S)])
    assert people.remove(READER, T0)
    assert None is people.find(READER)
    for at in (T0 - DAY_S, T0):
        assert [Enrolled.REMOVED] == people.enrol([enrolment(at=at)])
    assert [] == list(people.all())
    assert [Enrolled.NEW] == people.enrol([enrolment(at=T0 + 1)])


def test_whoever_leaves_before_they_ever_came_is_kept_out(people):
    assert not people.remove(READER, T0)
    assert [Enrolled.REMOVED] == people.enrol([enrolment("Reader@Customer.example")])


def test_leaving_twice_is_leaving(people):
    people.enrol([enrolment()])
    assert [True, False] == [people.remove(READER, T0), people.remove(READER, T0 + 1)]


def test_whoever_left_is_erased(tmp_path, people):
    """Not in the file, and not in what SQLite keeps beside it."""
    people.enrol([enrolment(name="Hanako Yamada"), enrolment("other@customer.example")])
    people.request("reader@customer.example", "Hanako Yamada", ["ja"], T0)
    people.remove(READER, T0)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"other@customer.example" in kept
    assert b"reader@" not in kept
    assert b"Yamada" not in kept


def test_suspended_people_stay_and_get_nothing_until_they_consent_anew(people):
    people.enrol([enrolment()])
    people.suspend(READER, "550 5.1.1 no such user", T0)
    assert "550 5.1.1 no such user" == people.find(READER).suspended
    assert {} == people.counts()
    people.enrol([enrolment(at=T0)])
    assert people.find(READER).suspended
    people.enrol([enrolment(at=T0 + 1)])
    assert None is people.find(READER).suspended


# --- A database from a backup -----------------------------------------------------------------


def restored(folder, backup):
    for file in folder.glob("newsletter.sqlite*"):
        file.unlink()
    (folder / "newsletter.sqlite").write_bytes(backup)


def test_a_database_from_a_backup_brings_nobody_back_who_left_since(tmp_path):
    """Nor what they asked for before they left; and a consent from before that adds nobody."""
    other = SIGNER.person("other@customer.example")
    with store_in(tmp_path) as store:
        people = Subscribers(store)
        people.enrol([enrolment(), enrolment("other@customer.example"), enrolment("c@a.example")])
        request = people.request("other@customer.example", "", ["en"], T0 - 1)
        store.forget()
        backup = (tmp_path / "newsletter.sqlite").read_bytes()
        people.remove(READER, T0)
        people.remove(other, T0 + 1)
    restored(tmp_path, backup)
    with desk(tmp_path).open_store(T0 + 2) as store:
        people = Subscribers(store)
        assert ["c@a.example"] == [one.address for one in people.all()]
        assert () == people.requested(request, T0 + 2)
        assert [Enrolled.REMOVED] == people.enrol([enrolment()])
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("newsletter.*"))
    assert b"reader@" not in kept


def test_whoever_came_back_after_leaving_stays(tmp_path):
    with store_in(tmp_path) as store:
        people = Subscribers(store)
        people.remove(READER, T0)
        people.enrol([enrolment(at=T0 + 1)])
    with desk(tmp_path).open_store(T0 + 2) as store:
        assert Subscribers(store).find(READER)


def test_whoever_leaves_during_a_sending_is_noted_between_its_marks(tmp_path):
    journal = Journal(tmp_path / "journal")
    journal.begin(edition(), "smtp", T0)
    journal.mark()
    journal.leave(READER, T0 + 60)
    journal.mark()
    journal.finish("k7q2mzv4xh/ja", T0 + 120)
    assert {READER: T0 + 60} == journal.left()
    assert 2 == journal.past("k7q2mzv4xh/ja").reserved
    with journal.path.open("a") as file:
        file.write("left 2026-11-26T09:00:00Z 00ff")  # a power cut
    assert {READER: T0 + 60} == journal.left()


# --- Double opt-in ----------------------------------------------------------------------------


def test_a_request_is_no_subscription_until_it_is_confirmed(people):
    request = people.request("reader@customer.example", "花子", ["ja", "en"], T0)
    assert None is people.find(READER)
    reader = people.confirm(request, "confirmed by mail", T0 + 60)
    assert ("花子", ("en", "ja"), Consent(T0 + 60, "confirmed by mail")) == (
        reader.name,
        reader.languages,
        reader.consent,
    )


def test_a_link_subscribes_to_what_its_own_mail_said(people):
    """Whatever a stranger asks for in the same name meanwhile, before or after."""
    first = people.request("reader@customer.example", "花子", ["ja"], T0)
    other = people.request("reader@customer.example", "BUY PILLS", ["en"], T0 + 1)
    assert ("ja",) == people.requested(first, T0 + 2)
    reader = people.confirm(first, "confirmed", T0 + 3)
    assert ("花子", ("ja",)) == (reader.name, reader.languages)
    assert ("en",) == people.requested(other, T0 + 4)


def test_a_confirmation_works_once(people):
    """Or an old mail could bring somebody back who has left since."""
    request = people.request("reader@customer.example", "", ["ja"], T0)
    assert people.confirm(request, "confirmed", T0 + 1)
    people.remove(READER, T0 + 2)
    assert None is people.confirm(request, "confirmed", T0 + 3)
    assert None is people.find(READER)


def test_leaving_also_takes_back_a_request(people):
    request = people.request("reader@customer.example", "", ["ja"], T0)
    people.remove(READER, T0 + 1)
    assert None is people.confirm(request, "confirmed", T0 + 2)


def test_a_request_that_nobody_confirms_is_forgotten(store, people):
    request = people.request("reader@customer.example", "", ["ja"], T0)
    assert None is people.confirm(request, "confirmed", T0 + CONFIRM_S)
    people.request("other@customer.example", "", ["ja"], T0 + CONFIRM_S)
    rows = store.db.execute("SELECT address FROM pending").fetchall()
    assert [("other@customer.example",)] == rows


def test_confirming_is_consent_enough_to_come_back(people):
    people.enrol([enrolment()])
    people.remove(READER, T0)
    request = people.request("reader@customer.example", "", ["en"], T0 + 1)
    assert ("en",) == people.confirm(request, "confirmed", T0 + 2).languages


def test_what_nobody_confirmed_is_gone_once_the_store_is_opened(tmp_path, people):
    """Also from what SQLite keeps beside the file; what may still be confirmed stays."""
    people.request("reader@customer.example", "Hanako Yamada", ["ja"], T0)
    people.request("other@customer.example", "", ["ja"], T0 + 1)
    with desk(tmp_path).open_store(T0 + CONFIRM_S):
        pass
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("newsletter.*"))
    assert b"reader@" not in kept
    assert b"Yamada" not in kept
    assert b"other@customer.example" in kept


# --- The file ---------------------------------------------------------------------------------


def test_the_file_is_for_its_owners_eyes(tmp_path, people):
    people.enrol([enrolment()])
    modes = {
        file.name: stat.S_IMODE(file.stat().st_mode)
        for file in tmp_path.iterdir()
        if not file.name.endswith(".lock")
    }
    assert dict.fromkeys(modes, 0o600) == modes
    assert len(modes) == 3


def test_another_key_is_refused(tmp_path):
    store_in(tmp_path).db.close()
    with pytest.raises(StoreError, match="was begun with another ATOGAKI_NEWSLETTER_KEY"):
        Store(tmp_path / "newsletter.sqlite", Signer(b"another key"))


def test_a_newer_programs_file_is_refused(tmp_path, store):
    store.db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="has version 99, and this program knows 2 at most"):
        store_in(tmp_path)


def test_a_broken_file_is_refused_and_stays(tmp_path):
    file = tmp_path / "newsletter.sqlite"
    file.write_bytes(b"no database, but 100 bytes or more of something else." * 3)
    with pytest.raises(StoreError, match=r"newsletter\.sqlite: file is not a database"):
        store_in(tmp_path)
    assert file.read_bytes().startswith(b"no database")


def test_a_fault_in_the_middle_is_said_with_its_file(tmp_path):
    with (
        pytest.raises(StoreError, match=r"newsletter\.sqlite: no such table"),
        store_in(tmp_path) as store,
    ):
        store.db.execute("SELECT * FROM gone")


def test_an_import_is_whole_or_not_at_all(people):
    def failing():
        yield enrolment()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        people.enrol(failing())
    assert [] == list(people.all())


def test_many_may_write_at_once(tmp_path):
    """As the endpoint's threads do while an edition is sent."""

    def come_and_go(number):
        with store_in(tmp_path) as store:
            people = Subscribers(store)
            for turn in range(5):
                people.enrol([enrolment(f"reader{number}-{turn}@customer.example")])
            people.remove(SIGNER.person(f"reader{number}-0@customer.example"), T0)

    threads = [threading.Thread(target=come_and_go, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store_in(tmp_path) as store:
        assert {"ja": 24} == Subscribers(store).counts()
        assert [("ok",)] == store.db.execute("PRAGMA quick_check").fetchall()


def test_a_store_of_version_one_opens(tmp_path):
    """What is released stays readable: the tables as they were, and who is in them."""
    with store_in(tmp_path) as store:
        Subscribers(store).enrol([enrolment()])
        store.db.executescript(
            "DROP TABLE pending; PRAGMA user_version = 1;"
            "CREATE TABLE pending (person BLOB PRIMARY KEY, address TEXT NOT NULL,"
            " name TEXT NOT NULL, languages TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;"
        )
    with store_in(tmp_path) as store:
        people = Subscribers(store)
        assert people.find(READER)
        request = people.request("other@customer.example", "", ["ja"], T0)
        assert people.confirm(request, "confirmed", T0 + 1)
