"""A printed page: style and policy in place, everything else as the template wrote it."""

import base64
import hashlib
import json
import re

import pytest

from press.errors import ThemeError
from press.printing import print_sheet, widen
from press.styles import Styles

PAGE = """<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style></style>
<title>題 &amp; 名</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E">
<script type="application/ld+json">{"headline":  "a <b>x</b> <i>y"}</script>
</head>
<body>
<!-- a note to nobody -->
<p class="aside">本文 &lt;b&gt;</p>
</body>
</html>
"""


@pytest.fixture
def styles(css):
    return Styles(css)


@pytest.fixture
def page(styles):
    return print_sheet(PAGE, styles).decode()


def policy_of(page):
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    return dict(part.split(" ", 1) for part in found[1].split(";"))


def test_the_policy_allows_just_what_a_page_holds(page):
    css = re.search(r"<style>(.*?)</style>", page)[1]
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert policy_of(page) == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self'",
    }


def test_the_policy_holds_nothing_that_a_meta_element_may_not_carry(page):
    assert policy_of(page).keys().isdisjoint({"frame-ancestors", "report-uri", "sandbox"})


def test_charset_policy_and_style_come_first_in_this_order(page):
    marks = ['<meta charset="utf-8">', "Content-Security-Policy", "<style>@layer", "<title>"]
    places = [page.index(mark) for mark in marks]
    assert sorted(places) == places
    assert page.encode().index(b"charset") < 1024


def test_the_page_carries_its_blocks_and_no_other(page):
    assert ".aside{" in page
    assert ".table-scroll" not in page


def test_json_ld_and_the_favicon_are_left_as_they_are(page):
    assert json.loads(re.search(r"<script type=\"application/ld\+json\">(.*?)</script>", page)[1])
    assert '{"headline":  "a <b>x</b> <i>y"}' in page
    assert "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E" in page


def test_all_else_stays_as_the_template_wrote_it(page):
    assert PAGE.partition("<style></style>")[2] == page.partition("</style>")[2]


def test_a_page_may_run_only_the_script_it_declares(styles):
    policy = policy_of(print_sheet(PAGE, styles, ("'sha256-abc='",)).decode())
    assert policy["script-src"] == "'sha256-abc='"
    assert policy["connect-src"] == "'self'"


def test_a_page_may_have_a_style_of_its_own_instead_of_the_themes(styles):
    page = print_sheet(PAGE, styles, css="p{color:red}").decode()
    digest = base64.b64encode(hashlib.sha256(b"p{color:red}").digest()).decode()
    assert "<style>p{color:red}</style>" in page
    assert policy_of(page)["style-src"] == f"'sha256-{digest}'"
    assert ".aside" not in page


def test_a_page_without_place_for_its_style_is_refused(styles):
    with pytest.raises(ThemeError, match=r"base\.html holds <style></style> after charset"):
        print_sheet(PAGE.replace("<style></style>", ""), styles)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("default-src 'none'", "default-src 'none';script-src 'sha256-x='"),
        (
            "script-src 'sha256-a=';img-src data:",
            "img-src data:;script-src 'sha256-a=' 'sha256-x='",
        ),
    ],
    ids=["new", "known"],
)
def test_the_preview_can_widen_a_policy(policy, expected):
    page = '<p>policy</p><meta http-equiv="Content-Security-Policy" content="{}"><p>'
    assert page.format(expected) == widen(page.format(policy), "script-src", "'sha256-x='")
