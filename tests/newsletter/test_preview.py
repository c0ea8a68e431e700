"""A preview is a real message in a mailbox file, drafts included."""

import mailbox
import sys
from contextlib import closing
from email import message_from_binary_file
from email.policy import default

import pytest

from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE
from newsletter.preview import MAILBOX, main
from tests.site.conftest import NOW, ROOT, Site

SETTINGS = "deskconf.py"  # no other name would do: it imports pelicanconf


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A site with a draft in both languages, and what stands in its settings file."""
    site = Site(tmp_path_factory.mktemp("desk"))
    site.write("content/topics.toml", '[dns]\nja = "名前解決"\nen = "DNS"\n')
    for lang in ("ja", "en"):
        site.write(f"content/pages/privacy/{lang}.md", f"Title: privacy {lang}\n\n{lang}\n")
        site.column(lang=lang, Status="draft", Title=f"Draft {lang}")
    lines = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})",
        "from datetime import UTC, datetime",
        "from pelicanconf import *",
        f"NOW = datetime.fromtimestamp({NOW}, UTC)",
        f"THEME = {str(ROOT / 'theme')!r}",
        f"PATH = {str(site.root / 'content')!r}",
    )
    site.write(SETTINGS, "\n".join(lines))
    return site


@pytest.fixture
def preview(desk, monkeypatch):
    """Preview a column of the desk."""
    monkeypatch.setattr(sys, "path", [*sys.path])

    def preview(*asked):
        return main(str(desk.root / SETTINGS), *asked)

    return preview


def messages(file):
    """The messages of a mailbox file, parsed by the standard library."""
    box = mailbox.mbox(file, lambda part: message_from_binary_file(part, policy=default))
    with closing(box):
        return list(box)


def test_a_draft_in_each_language_is_appended_as_a_message(desk, preview, capsys):
    """Twice is two of each: a mailbox is added to, and never begun anew."""
    file = desk.root / MAILBOX
    assert 0 == preview("cable-fault")
    assert 0 == preview("cable-fault", "en")
    found = messages(file)
    assert ["Draft ja", "Draft en", "Draft en"] == [message["Subject"] for message in found]
    first = found[0]
    assert "multipart/alternative" == first.get_content_type()
    assert "Wed, 01 Jan 2025 00:00:00 +0000" == first["Date"]
    for kind in ("plain", "html"):
        said = first.get_body((kind,)).get_content()
        assert "軽い話。" in said
        assert UNSUBSCRIBE_PLACE not in said
        assert LANGUAGE_PLACE not in said
    assert f"{file}: ja: Draft ja\n" in capsys.readouterr().out


def test_a_mailbox_of_ones_own(preview, tmp_path):
    file = tmp_path / "new" / "box"
    assert 0 == preview("cable-fault", "ja", str(file))
    assert 1 == len(messages(file))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ("cable-faul",),
            '"cable-faul" is no column in ja, en; write the end of its folder, as in cable-fault\n',
        ),
        (("../x",), '"../x" is no column in ja, en; write the end of its folder, as in'),
        (("cable-fault", "fr"), '"fr" has no newsletter; write one of ja, en\n'),
    ],
)
def test_what_cannot_be_shown_is_told(preview, capsys, asked, said):
    assert 1 == preview(*asked)
    assert capsys.readouterr().err.startswith(said)
