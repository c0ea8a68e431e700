"""What a push is told of the newsletter: what it could send, to how many, and how."""

import getpass
import re
from pathlib import Path

import pytest

import pelicanconf
from newsletter.desk import STORE
from newsletter.ledger import Ledger
from newsletter.receipt import lines
from publishing.layout import Layout
from publishing.model import Changes, Made
from publishing.receipt import receipt
from tests.newsletter.people import NOW, T0, edition, enrolled, enrolment, store_in

README = Path(__file__).parents[2] / "README.md"
NEW = ("ja/columns/cable-fault/edition.html", "ja/columns/cable-fault/index.html",
       "en/columns/cable-fault/edition.html", "ja/columns/night/edition.html",
       "ja/columns/edition.html", "ja/about/index.html")  # fmt: skip


@pytest.fixture
def root(tmp_path):
    """A server with three readers, one of them of both languages, and one of English."""
    enrolled(
        tmp_path / "var",
        enrolment("a@customer.example", ("ja", "en")),
        enrolment("b@customer.example", ("ja",)),
        enrolment("c@customer.example", ("ja",)),
        enrolment("d@customer.example", ("en",)),
    )
    return tmp_path


def command(root, slug):
    """The command of README's "Let readers subscribe by themselves", for this server."""
    (line,) = re.findall(r"(?m)^\$ (sudo systemd-run .*)cable-fault$", README.read_text("utf-8"))
    user = getpass.getuser()
    return "  " + line.replace("$ROOT", str(root)).replace("uid=atogaki", f"uid={user}") + slug


def told(root, new=NEW):
    return list(lines(Changes(new, ("ja/columns/old/edition.html",), ()), root, NOW))


def test_a_new_column_could_be_sent_to_who_reads_its_languages(root):
    assert [
        "Newsletter, once this is live: to 2 (en), 3 (ja) by", command(root, "cable-fault"),
        "Newsletter, once this is live: to 3 (ja) by", command(root, "night"),
    ] == told(root)  # fmt: skip


def test_so_could_the_digest_of_a_week(root):
    new = ("ja/subscribe/2026-W47/edition.html", "ja/subscribe/index.html",
           "ja/status/2026-W47/edition.html")  # fmt: skip
    assert command(root, "2026-W47") == told(root, new)[1]
    assert 2 == len(told(root, new))


def test_what_was_begun_is_left_out(root):
    """A column that went, and comes again after a rollback, is not new to its readers."""
    with store_in(root / "var") as store:
        Ledger(store, edition().id).begin(edition(), "smtp", T0)
    assert "Newsletter, once this is live: to 2 (en) by" == told(root)[0]


def test_of_many_new_columns_the_first_are_told(root):
    """A site that moves here brings all of its columns at once."""
    new = tuple(f"ja/columns/column-{number:02}/edition.html" for number in range(20))
    assert (11, "  and 15 more new columns") == (len(told(root, new)), told(root, new)[-1])


def test_without_readers_or_editions_nothing_is_said(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert ([], []) == (told(root, ("ja/about/index.html",)), told(elsewhere))
    assert not (elsewhere / STORE).exists()


def test_the_receipt_of_a_push_holds_it(root):
    """The server keeps its people where the line looks for them."""
    layout, commit = Layout(root), "1a2b3c4d5e" * 4
    assert root / STORE == layout.newsletter_store
    for folder in (layout.site(commit) / "ja/columns/night", root / "releases/live"):
        folder.mkdir(parents=True)
    layout.current.symlink_to(root / "releases/live")
    (layout.site(commit) / "ja/columns/night/edition.html").write_text("<p>")
    made = Made(siteurl="https://columns.example", languages={"ja": "日本語"},
                receipt=tuple(pelicanconf.RECEIPT_LINES))  # fmt: skip
    assert command(root, "night") == list(receipt(layout, commit, made, NOW))[-1]
