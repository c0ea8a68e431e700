"""What the preview answers to a browser."""

import base64
import hashlib
import re
from http import HTTPStatus

import pytest

from press.preview import Build, answer_to
from press.printing import print_sheet
from press.styles import Styles

GOOD = Build(7)
FAILED = Build(8, failure="theme/templates/column.html:12: 'titel' is <undefined>")
FAULTY = Build(9, faults="content/columns/a/ja.md:3: Tags: <b> is no topic")


@pytest.fixture
def pages(css, tmp_path):
    """Lay out what a build leaves."""
    page = "<!doctype html><html><head><style></style></head><body><h1>%s</h1></body></html>"
    files = {"index.html": "front", "ja/a/index.html": "列", "404.html": "?", "ja/404.html": "ない"}
    for path, title in files.items():
        place = tmp_path / "preview" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(print_sheet(page % title, Styles(css)))
    (tmp_path / "preview/feed.atom").write_bytes(b"<feed/>")
    (tmp_path / "preview/.atogaki").write_bytes(b"marker")
    (tmp_path / "secret.html").write_bytes(b"secret")
    return tmp_path / "preview"


def text(answer):
    return answer.body.decode()


def policy_of(page):
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    return dict(part.split(" ", 1) for part in found[1].split(";"))


def digest(element):
    found = base64.b64encode(hashlib.sha256(element.encode()).digest()).decode()
    return f"'sha256-{found}'"


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/", 200, "front"),
        ("/ja/a/", 200, "列"),
        ("/ja/a/?from=mail", 200, "列"),
        ("/ja/%61/index.html", 200, "列"),
        ("/ja/gone/", 404, "ない"),
        ("/ja/gone", 404, "ない"),
        ("/en/gone/", 404, "?"),
        ("/ja/a/index.html/", 404, "ない"),
        ("/../secret.html", 404, "?"),
        ("/%2e%2e/secret.html", 404, "?"),
        ("/..%2fsecret.html", 404, "?"),
        ("/.atogaki", 404, "?"),
        ("/a%00b", 404, "?"),
    ],
)
def test_an_address_shows_its_page_or_the_sites_own_404(pages, address, status, title):
    answer = answer_to(address, pages, GOOD)
    assert (status, True) == (answer.status, f"<h1>{title}</h1>" in text(answer))
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_a_link_does_not_lead_out_of_the_preview(pages):
    (pages / "out.html").symlink_to(pages.parent / "secret.html")
    assert answer_to("/out.html", pages, GOOD).status == HTTPStatus.NOT_FOUND


def test_a_folder_without_its_slash_is_sent_to_its_address(pages):
    answer = answer_to("/ja/a", pages, GOOD)
    assert (301, "/ja/a/") == (answer.status, answer.headers["Location"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.md", "text/markdown; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.atom", "application/atom+xml; charset=utf-8"),
        ("a.json", "application/json; charset=utf-8"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.png", "image/png"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_files_are_sent_as_what_they_are(pages, name, expected):
    (pages / name).write_bytes(b"\xff\x00")
    for build in (GOOD, FAILED):
        answer = answer_to(f"/{name}", pages, build)
        assert (expected, b"\xff\x00") == (answer.headers["Content-Type"], answer.body)


def test_the_policy_lets_the_reload_script_run_and_no_other(pages):
    page = text(answer_to("/ja/a/", pages, GOOD))
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    assert 'new EventSource("/.reload?shown=7")' in script
    policy = policy_of(page)
    assert digest(script) == policy["script-src"]
    assert policy["connect-src"] == "'self'"
    assert "unsafe" not in str(policy)
    assert page.endswith("</script></body></html>")


def test_while_a_build_fails_every_page_shows_why(pages):
    for address in ("/", "/ja/a/", "/ja/gone/"):
        answer = answer_to(address, pages, FAILED)
        assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
        assert "column.html:12: &#x27;titel&#x27; is &lt;undefined&gt;" in text(answer)
        assert "shown=8" in text(answer)


def test_a_fault_in_content_leaves_pages_up_with_a_box_at_the_foot(pages):
    answer = answer_to("/ja/a/", pages, FAULTY)
    page = text(answer)
    assert (200, 1) == (answer.status, page.count("Tags: &lt;b&gt; is no topic"))
    assert page.index("<h1>列</h1>") < page.index("<aside id=preview-faults")
    own, box = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert f"{digest(own)} {digest(box)}" == policy_of(page)["style-src"]


def test_pages_without_faults_have_no_box(pages):
    assert "preview-faults" not in text(answer_to("/ja/a/", pages, GOOD))
