"""What a subscriber does, in a browser without scripts, through nginx, from the form to the end.

The site is the real one; gunicorn answers the forms, and mails arrive at a real mail server.
"""

import re
import time
from email import message_from_bytes
from email.policy import default

import pytest

from newsletter.subscribers import Subscribers
from newsletter.tokens import CONFIRM_S, Purpose, Signer
from publishing.configuration import files
from publishing.layout import Layout
from tests.browser.conftest import NOTE_REFUSALS
from tests.browser.kinds import LANGUAGES
from tests.browser.test_axe import violations
from tests.browser.test_nu import check  # noqa: F401  a fixture
from tests.browser.test_reflow import DOUBLE_TEXT, RESTYLE, SPILLED
from tests.newsletter.gunicorn import running as answering
from tests.newsletter.mailserver import Post, serving
from tests.newsletter.people import DAY_S, enrolment
from tests.newsletter.site import KEY
from tests.publishing.nginx import free_port
from tests.publishing.nginx import running as nginx_running
from tests.publishing.test_nginx import settings

SIGNER = Signer(KEY.encode())
ADDRESS = "hanako@customer.example"
READER = "reader@customer.example"


@pytest.fixture(scope="module")
def post():
    with serving(Post({"refused@customer.example": ["rcpt 550 5.1.1 no such user"] * 9})) as post:
        yield post


@pytest.fixture(scope="module")
def front(built, post, tmp_path_factory):
    """The site as the public reads it; `origin` is where."""
    layout = Layout(tmp_path_factory.mktemp("root"))
    layout.current.symlink_to(built)
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    with answering(tmp_path_factory.mktemp("endpoint"), post.port, origin) as served:
        web = {"newsletter": f"127.0.0.1:{served.port}"}
        conf = files(layout, settings(port, web=web), LANGUAGES, "me")
        with nginx_running(tmp_path_factory.mktemp("nginx"), conf, port):
            served.origin = origin
            yield served


@pytest.fixture(scope="module")
def page(front, browser):
    """A reader's tab, on a phone."""
    context = browser.new_context(
        base_url=front.origin, viewport={"width": 390, "height": 900}, java_script_enabled=True
    )
    context.set_default_timeout(10_000)
    context.add_init_script(NOTE_REFUSALS)
    yield context.new_page()
    assert [] == context.cookies()


def link_in(post, number=-1):
    mail = message_from_bytes(post.messages[ADDRESS][number], policy=default)
    (link,) = re.findall(r"http://127\.0\.0\.1:\d+/newsletter/\S+", mail.get_content())
    return link


def subscriber(front):
    with front.store() as store:
        return Subscribers(store).find(SIGNER.person(ADDRESS))


def heading(page):
    return page.locator("h1").inner_text()


def test_a_reader_subscribes_changes_languages_and_leaves(front, post, browser):
    """By what stands on the pages alone: labels, boxes, buttons and the links of mails."""
    context = browser.new_context(base_url=front.origin, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/ja/columns/")
    page.get_by_role("contentinfo").get_by_role("link", name="メールで購読").click()
    assert page.get_by_label("日本語").is_checked()
    assert not page.get_by_label("English").is_checked()
    page.get_by_label("メールアドレス").fill(ADDRESS)
    page.get_by_label("お名前（任意）").fill("山田 花子")
    page.get_by_label("日本語").uncheck()
    page.get_by_role("button").click()
    assert "言語を一つ以上お選びください。" in page.locator(".fault").all_inner_texts()
    assert ADDRESS == page.get_by_label("メールアドレス").input_value()
    page.get_by_label("日本語").check()
    page.get_by_role("button").click()
    assert "メールをご確認ください" == heading(page)
    page.reload()
    assert [] == [one for one in [subscriber(front)] if one]

    page.goto(link_in(post, 0))
    page.get_by_role("button", name="購読する").click()
    assert "購読の手続きが済みました" == heading(page)
    assert ("山田 花子", ("ja",)) == (subscriber(front).name, subscriber(front).languages)

    page.goto(own_link(front, Purpose.LANGUAGE))
    page.get_by_label("English").check()
    page.get_by_role("button", name="変更する").click()
    assert ("en", "ja") == subscriber(front).languages

    page.goto(own_link(front, Purpose.UNSUBSCRIBE))
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Unsubscribe").click()
    assert "You get no more mails from us" == heading(page)
    assert None is subscriber(front)
    assert [] == context.cookies()
    context.close()


def own_link(front, purpose, lang="ja", at=None):
    endpoint, now = f"{front.origin}/newsletter/{lang}", int(time.time()) if at is None else at
    return SIGNER.link(endpoint, purpose, SIGNER.person(ADDRESS), now)


@pytest.fixture(scope="module")
def pages(front, page):
    """Open each page of the endpoint, in each language, by what it is about."""
    with front.store() as store:
        people, now = Subscribers(store), int(time.time())
        people.enrol([enrolment(READER, ("ja",), now - DAY_S)])
        people.request("asked@customer.example", "", ("ja", "en"), now)
    stranger = "never@customer.example"

    def send(lang, address, *unchecked):
        page.goto(f"/{lang}/subscribe/")
        page.locator("#address").fill(address)
        for language in unchecked:
            page.locator(f"[value={language}]").uncheck()
        page.locator("form button").click()

    def open_link(lang, purpose, who=READER, at=None):
        now = int(time.time()) if at is None else at
        endpoint = f"{front.origin}/newsletter/{lang}"
        asked = SIGNER.request(who, "", ("ja", "en"))
        key = asked if purpose is Purpose.CONFIRM else SIGNER.person(who)
        page.goto(SIGNER.link(endpoint, purpose, key, now))

    def press(lang, purpose, who=READER):
        open_link(lang, purpose, who)
        page.locator("form button").click()

    return {
        "asked": lambda lang: send(lang, "other@customer.example"),
        "faulty": lambda lang: send(lang, "a@b", lang),
        "refused": lambda lang: send(lang, "refused@customer.example"),
        "confirm": lambda lang: open_link(lang, Purpose.CONFIRM, "asked@customer.example"),
        "confirmed": lambda lang: open_link(lang, Purpose.CONFIRM),
        "language": lambda lang: open_link(lang, Purpose.LANGUAGE),
        "changed": lambda lang: press(lang, Purpose.LANGUAGE),
        "unsubscribe": lambda lang: open_link(lang, Purpose.UNSUBSCRIBE),
        "unsubscribed": lambda lang: press(lang, Purpose.UNSUBSCRIBE, stranger),
        "forged": lambda lang: page.goto(f"/newsletter/{lang}/confirm/x"),
        "expired": lambda lang: open_link(
            lang, Purpose.CONFIRM, at=int(time.time()) - CONFIRM_S - 9
        ),
        "nobody": lambda lang: open_link(lang, Purpose.LANGUAGE, stranger),
        "lost": lambda lang: page.goto(f"/newsletter/{lang}/nothing/x"),
    }


ABOUT = ("asked", "faulty", "refused", "confirm", "confirmed", "language", "changed",
         "unsubscribe", "unsubscribed", "forged", "expired", "nobody", "lost")  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("about", ABOUT)
def test_every_page_is_for_everybody(pages, page, phrases, about, lang):
    """Its title is its own; axe has no word to say by day or night; it reflows, and asks nobody."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    pages[about](lang)
    title = phrases[lang]["endpoint"][f"{'faulty' if about == 'refused' else about}_title"]
    assert title == heading(page)
    page.set_viewport_size({"width": 390, "height": 900})
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert [] == violations(page)
    page.set_viewport_size({"width": 320, "height": 900})
    assert [] == page.evaluate(SPILLED)
    page.evaluate(RESTYLE, DOUBLE_TEXT)
    assert [] == page.evaluate(SPILLED)
    assert [] == page.evaluate("window.refused")
    assert set() == {url for url in asked if "127.0.0.1" not in url and "data:" not in url}


def test_every_page_is_valid(pages, page, check, tmp_path):  # noqa: F811  the fixture
    """As the Nu Html Checker sees it."""
    for about in ABOUT:
        for lang in LANGUAGES:
            with page.expect_event(
                "response", lambda one: "text/html" in one.headers["content-type"]
            ):
                pages[about](lang)
            (tmp_path / f"{about}-{lang}.html").write_text(page.content(), "utf-8")
    assert [] == check(tmp_path)
