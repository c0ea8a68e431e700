"""Links in Markdown that is passed on as it is."""

import pytest

from typesetting.links import Linker
from typesetting.markdown import Typesetter
from typesetting.whole_links import WholeLinks

HERE = "status/incidents/2024-06-20-loss/ja.md"
SITE = "https://columns.example/log"
TEXTS = {
    "columns/2014-03-24-cable/ja.md": (f"{SITE}/ja/columns/cable/", "ja"),
    "columns/2021-10-06-english/en.md": (f"{SITE}/en/columns/english/", "en"),
}
FILES = {"status/incidents/2024-06-20-loss/loss.csv": f"{SITE}/files/loss.csv"}
CABLE = "../../../columns/2014-03-24-cable/ja.md"
WHOLE = f"{SITE}/ja/columns/cable/"


@pytest.fixture
def whole():
    linker = Linker(("ja", "en"), TEXTS.get, FILES.get, lambda *_: "", SITE)
    links = WholeLinks(linker, Typesetter({}).typeset)
    return lambda markdown: links(markdown, HERE, "ja")


@pytest.mark.parametrize(
    ("expected", "markdown"),
    [
        (f"[a]({WHOLE})", f"[a]({CABLE})"),
        (f"[a]({WHOLE}#x)", f"[a]({CABLE}#x)"),
        (f"[a]({WHOLE})", f"[a]({{filename}}{CABLE})"),
        (f'[a]({WHOLE} "title")', f'[a]({CABLE} "title")'),
        (f"[a](<{WHOLE}>)", f"[a](<{CABLE}>)"),
        (f"[a][b]\n\n[b]: {WHOLE}", f"[a][b]\n\n[b]: {CABLE}"),
        (f'<a href="{WHOLE}">a</a>', f'<a href="{CABLE}">a</a>'),
        (
            f"[a]({SITE}/en/columns/english/)",
            "[a]({filename}/columns/2021-10-06-english/ja.md)",
        ),
        (f"[a]({SITE}/files/loss.csv)", "[a](loss.csv)"),
        (f"[a]({SITE}/ja/status/)", "[a](/ja/status/)"),
        ("[a](https://a.example/x.md)", "[a](https://a.example/x.md)"),
        (f"`{CABLE}` [a]({WHOLE})", f"`{CABLE}` [a]({CABLE})"),
        (f"[a]({WHOLE}) [b]({WHOLE}#x)", f"[a]({CABLE}) [b]({CABLE}#x)"),
    ],
)
def test_a_reference_becomes_a_whole_address_in_any_of_its_forms(whole, expected, markdown):
    """And nothing else changes; the text stays Markdown."""
    assert (expected, ()) == whole(markdown)


@pytest.mark.parametrize(
    ("fault", "markdown"),
    [
        ("no published text at content/columns/2020-01-01-x/ja.md", "2020-01-01-x/ja.md"),
        ("no file to publish at content/columns/x.csv", "x.csv"),
    ],
)
def test_what_leads_nowhere_is_a_fault_and_stays_as_written(whole, fault, markdown):
    text = f"[a](../../../columns/{markdown})"
    made, (told,) = whole(text)
    assert text == made
    assert fault in told


def test_a_reference_that_cannot_be_found_in_the_text_is_a_fault(whole):
    """Escapes that only Markdown reads: rather a fault than a link that leads nowhere."""
    _, (told,) = whole(f"[a]({CABLE.replace('_', '')[:-3]}&#46;md)")
    assert "without escapes" in told
