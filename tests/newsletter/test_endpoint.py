"""Forms and links under a real WSGI server, with a real mail server behind it."""

import os
import re
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.policy import default
from http.client import HTTPConnection
from ipaddress import ip_address
from urllib.parse import quote
from zlib import crc32

import pytest

from newsletter.subscribers import Subscribers
from newsletter.tokens import CONFIRM_S, Purpose, Signer
from tests.newsletter.gunicorn import running
from tests.newsletter.mailserver import Post, serving
from tests.newsletter.people import DAY_S, enrolment
from tests.newsletter.site import KEY

SIGNER = Signer(KEY.encode())
REFUSED = "nobody@customer.example"
PUT_OFF = "later@customer.example"
LINK = re.compile(r"https://columns\.example(/newsletter/\S+)")
REQUESTS = min(10_000, 1_000 * int(os.environ.get("ATOGAKI_SOAK", "3")))
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(scope="module")
def post():
    """A mail server that refuses one mailbox, and has no time for another."""
    does = {
        REFUSED: ["rcpt 550 5.1.1 no such user"],
        PUT_OFF: [f"rcpt 451 4.3.0 <{PUT_OFF}> later"] * 9,
    }
    with serving(Post(does)) as post:
        yield post


@pytest.fixture(scope="module")
def served(tmp_path_factory, post):
    with running(tmp_path_factory.mktemp("endpoint"), post.port) as served:
        yield served


@pytest.fixture
def client(request):
    """An address that no other test asks from."""
    return str(ip_address("2001:db8::") + (crc32(request.node.nodeid.encode()) << 64))


def link(purpose, address, at=None, lang="ja"):
    key = SIGNER.person(address)
    if purpose is Purpose.CONFIRM:
        key = SIGNER.request(address, "", ["ja"])
    token = SIGNER.sign(purpose, key, int(time.time()) if at is None else at)
    return f"/newsletter/{lang}/{purpose}/{token}"


def subscriber(served, address):
    with served.store() as store:
        return Subscribers(store).find(SIGNER.person(address))


def enrol(served, address, languages=("ja",)):
    with served.store() as store:
        at = int(time.time()) - DAY_S
        Subscribers(store).enrol([enrolment(address, languages, at)])


def subscribe(served, client, address, lang="ja", name="", languages=("ja",)):
    path = f"/newsletter/{lang}/subscribe"
    return served.post(path, client, address=address, name=name, languages=languages)


def mails_to(post, address):
    return [message_from_bytes(data, policy=default) for data in post.messages[address]]


# --- Subscribing ------------------------------------------------------------------------------


def test_who_asks_and_confirms_subscribes(served, post, client):
    address = "hanako@customer.example"
    answer = subscribe(served, client, address, name="山田 花子", languages=("ja", "en"))
    assert (200, "メールをご確認ください") == (answer.status, answer.title)
    assert None is subscriber(served, address)
    (mail,) = mails_to(post, address)
    (path,) = LINK.findall(mail.get_content())
    assert "購読の確認" in served.ask(path).title
    assert "日本語、英語" in served.ask(path).text
    assert None is subscriber(served, address)
    assert "購読の手続きが済みました" == served.post(path).title
    found = subscriber(served, address)
    assert ("山田 花子", ("en", "ja")) == (found.name, found.languages)
    assert "https://columns.example/ja/subscribe/, confirmed by mail" == found.consent.how


def test_the_mail_that_asks_says_who_asks_and_nothing_that_a_form_said(served, post, client):
    address = "taro@customer.example"
    subscribe(served, client, address, "en", name="Buy pills at pills.example", languages=("en",))
    (mail,) = mails_to(post, address)
    text = mail.get_content()
    assert ("Confirm your subscription to Atogaki", address) == (mail["Subject"], mail["To"])
    assert ("en", "auto-generated") == (mail["Content-Language"], mail["Auto-Submitted"])
    assert "Mihon Building 4F" in text
    assert "https://columns.example/en/privacy/" in text
    assert "pills" not in mail.as_string() + text
    assert [] == [line for line in text.splitlines() if len(line) > 72 and "://" not in line]


def test_what_nobody_confirms_goes_by_itself(tmp_path, post):
    """Nobody asks for anything meanwhile; neither the file nor what lies beside it has it."""
    with running(tmp_path, post.port, tended_s=0.2) as own, own.store() as store:
        late = int(time.time()) - CONFIRM_S
        Subscribers(store).request("late@customer.example", "Yamada", ["ja"], late)

        def kept():
            return b"".join(file.read_bytes() for file in tmp_path.glob("newsletter.*"))

        deadline = time.monotonic() + 30
        while b"late@" in kept() or b"Yamada" in kept():
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_confirming_twice_is_fine(served, client):
    address = "twice@customer.example"
    subscribe(served, client, address)
    path = link(Purpose.CONFIRM, address)
    first, second = served.post(path), served.post(path)
    assert (200, 200) == (first.status, second.status)
    assert first.text == second.text == served.ask(path).text


def test_an_answer_does_not_tell_who_subscribes(served, post, client):
    """To somebody known, to somebody unknown, and to one who was asked often: the same."""
    known, unknown = "known1@customer.example", "other1@customer.example"
    enrol(served, known)
    texts = {
        subscribe(served, client, address).text.replace(address, "")
        for address in (known, unknown, *[unknown] * 4)
    }
    assert 1 == len(texts)
    assert 1 == len(mails_to(post, known))


def test_an_address_is_asked_three_times_a_day_however_it_is_written(served, post, client):
    for address in ("often@customer.example", "Often+a@customer.example") * 4:
        assert 200 == subscribe(served, client, address).status
    asked = [len(mails) for recipient, mails in post.messages.items() if "ften" in recipient]
    assert 3 == sum(asked)


def test_one_client_asks_for_so_many_mails_and_no_more(served):
    client = "203.0.113.77"
    statuses = [
        subscribe(served, client, f"reader{number}@office.example").status for number in range(25)
    ]
    assert Counter({200: 20, 429: 5}) == Counter(statuses)
    last = subscribe(served, client, "reader99@office.example")
    assert 0 < int(last.headers["Retry-After"]) <= 3600
    assert "短い時間に要求が続きました" == last.title


def test_what_a_client_says_of_itself_counts_only_behind_a_proxy_of_this_machine(served, client):
    """The last address is the one that our proxy saw; those before it anybody can write."""
    statuses = [
        subscribe(served, f"192.0.2.{number}, {client}", f"r{number}@spoof.example").status
        for number in range(22)
    ]
    assert [429, 429] == statuses[-2:]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"address": ""}, "address-fault"),
        ({"address": "no address"}, "address-fault"),
        ({"address": "a@customer.example\r\nBcc: b@customer.example"}, "address-fault"),
        ({"address": "a@customer.example,b@customer.example"}, "address-fault"),
        ({"address": '"<script>"@customer.example'}, "address-fault"),
        ({"address": "=cmd()@customer.example"}, "address-fault"),
        ({"address": f"{'a' * 300}@customer.example"}, "address-fault"),
        ({"name": "Hana\r\nBcc: b@customer.example"}, "name-fault"),
        ({"name": "Hana\u2028ko"}, "name-fault"),
        ({"name": "=?utf-8?q?x?="}, "name-fault"),
        ({"name": "花" * 101}, "name-fault"),
        ({"languages": ()}, "languages-fault"),
        ({"languages": ("fr", "../ja")}, "languages-fault"),
    ],
)
def test_a_fault_is_said_at_its_field_and_nothing_is_sent(served, post, client, fields, fault):
    before = post.accepted
    given = {"address": "good@customer.example", "name": "", "languages": ("ja",)} | fields
    answer = served.post("/newsletter/ja/subscribe", client, **given)
    assert (422, [fault]) == (answer.status, re.findall(r'id="([a-z]+-fault)"', answer.text))
    assert before == post.accepted


def test_what_was_written_stays_and_is_text(served, client):
    answer = subscribe(served, client, '"><script>x', name="<b>&\"'")
    assert 'value="&#34;&gt;&lt;script&gt;x"' in answer.text
    assert 'value="&lt;b&gt;&amp;&#34;&#39;"' in answer.text
    assert 1 == answer.text.count("checked")


def test_a_mailbox_that_does_not_exist_is_told_and_not_noted(served, client):
    answer = subscribe(served, client, REFUSED, "en")
    assert (422, True) == (answer.status, "does not take mail for this address" in answer.text)
    assert "no subscription" in served.ask(link(Purpose.CONFIRM, REFUSED, lang="en")).title


def test_a_mail_server_that_has_no_time_stores_nothing_and_counts_for_nothing(served, client):
    """Whoever tries five times is still asked when the server is back."""
    for _ in range(5):
        answer = subscribe(served, client, PUT_OFF, "en", name="Hana")
        assert (503, "60") == (answer.status, answer.headers["Retry-After"])
        assert f'value="{PUT_OFF}"' in answer.text
    assert 410 == served.ask(link(Purpose.CONFIRM, PUT_OFF)).status
    assert any(line.endswith(": 451 4.3.0\n") for line in served.said)
    assert [] == [line for line in served.said if PUT_OFF in line]


def test_the_form_is_at_its_page(served):
    """Whoever reloads what followed it gets there."""
    answer = served.ask("/newsletter/en/subscribe")
    assert (302, "/en/subscribe/") == (answer.status, answer.headers["Location"])


# --- Links ------------------------------------------------------------------------------------


def test_a_mailbox_unsubscribes_by_one_post(served):
    """RFC 8058 §3.1: multipart or urlencoded, no cookie, no redirect, no second step."""
    for kind, body in (
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x-1", b'--x-1\r\nContent-Disposition: form-data; '
         b'name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x-1--\r\n'),
    ):  # fmt: skip
        enrol(served, "leaver@customer.example", ("ja", "en"))
        path = link(Purpose.UNSUBSCRIBE, "leaver@customer.example")
        answer = served.ask(path, "POST", body, Content_Type=kind)
        assert (200, None) == (answer.status, answer.headers["Set-Cookie"])
        assert None is subscriber(served, "leaver@customer.example")
        with served.store() as store:
            store.db.execute("DELETE FROM removed")


def test_a_link_that_is_followed_unsubscribes_nobody(served):
    address = "scanned@customer.example"
    enrol(served, address)
    path = link(Purpose.UNSUBSCRIBE, address)
    for method in ("GET", "HEAD", "GET"):
        assert 200 == served.ask(path, method).status
    assert 400 == served.post(path).status
    assert 400 == served.post(path, **{"List-Unsubscribe": "Two-Clicks"}).status
    assert subscriber(served, address)


def test_unsubscribing_twice_is_fine(served):
    enrol(served, "gone@customer.example")
    path = link(Purpose.UNSUBSCRIBE, "gone@customer.example")
    answers = [served.post(path, **ONE_CLICK) for _ in range(2)]
    assert ["配信を止めました"] * 2 == [answer.title for answer in answers]


def test_languages_change_as_chosen(served):
    address = "polyglot@customer.example"
    enrol(served, address)
    path = link(Purpose.LANGUAGE, address, lang="en")
    page = served.ask(path).text
    assert ["ja"] == re.findall(r'value="(\w+)" checked', page)
    assert "Languages changed" == served.post(path, languages=("en",)).title
    assert ("en",) == subscriber(served, address).languages
    none = served.post(path)
    assert (422, True) == (none.status, "Choose at least one language." in none.text)
    assert ("en",) == subscriber(served, address).languages
    (leave,) = re.findall(r'href="(/newsletter/en/unsubscribe/[^"]+)"', none.text)
    assert "You get no more mails from us" == served.post(leave, **ONE_CLICK).title


def test_an_old_link_brings_nobody_back(served, client):
    """Who left and replays a link to confirm or to change languages stays away."""
    address = "replayed@customer.example"
    subscribe(served, client, address)
    confirm, change = link(Purpose.CONFIRM, address), link(Purpose.LANGUAGE, address)
    assert 200 == served.post(confirm).status
    assert 200 == served.post(link(Purpose.UNSUBSCRIBE, address), **ONE_CLICK).status
    assert (410, 410) == (served.post(confirm).status, served.post(change, languages="ja").status)
    assert (410, 410) == (served.ask(confirm).status, served.ask(change).status)
    assert None is subscriber(served, address)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_link_of_somebody_else_or_for_something_else_does_nothing(served, client, purpose):
    """Forged, cut short, for another purpose, from another key: said in words, with what to do."""
    address = "victim@customer.example"
    enrol(served, address)
    whole = link(purpose, address)
    place, _, token = whole.rpartition("/")
    other = next(one for one in Purpose if one is not purpose)
    foreign = Signer(b"another key, as long as ours is long").sign(
        purpose, SIGNER.person(address), int(time.time())
    )
    for bad in (
        token[:-1], token[:-2] + "AA", token + "A", token + "%0d%0aX:y", "A" * 200, ".." + token,
        foreign, link(other, address).rpartition("/")[2], quote("花"), "%00",
    ):  # fmt: skip
        for answer in (
            served.ask(f"{place}/{bad}", client=client),
            served.post(f"{place}/{bad}", client, languages="en", **ONE_CLICK),
        ):
            assert (404, "このリンクは使えません") == (answer.status, answer.title)
    assert ("ja",) == subscriber(served, address).languages


def test_a_link_to_confirm_is_good_for_two_days(served, client):
    address = "late@customer.example"
    old = link(Purpose.CONFIRM, address, int(time.time()) - CONFIRM_S - 1, "en")
    for answer in (served.ask(old, client=client), served.post(old, client)):
        assert (410, "This link is too old") == (answer.status, answer.title)


def test_a_person_changes_so_often_and_no_more(served):
    address = "restless@customer.example"
    enrol(served, address)
    path = link(Purpose.LANGUAGE, address)
    statuses = [served.post(path, languages=("ja", "en")[n % 2]).status for n in range(32)]
    assert Counter({200: 30, 429: 2}) == Counter(statuses)


# --- Any request ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "lang"),
    [("/newsletter/en/", "en"), ("/newsletter/en", "en"), ("/newsletter/", "ja"), ("/", "ja"),
     ("/newsletter/fr/subscribe", "ja"), ("/newsletter/en/subscribe/x", "en"),
     ("/newsletter/en/confirm", "en"), ("/newsletter/en/import/x", "en"), ("/newsletterx", "ja"),
     ("//newsletter/en/subscribe", "ja"), ("/newsletter/%E3%81%82/subscribe", "ja")],
)  # fmt: skip
def test_what_is_not_there_is_said_in_the_language_of_the_address(served, client, path, lang):
    answer = served.ask(path, client=client)
    assert (404, lang) == (answer.status, answer.headers["Content-Language"])
    assert f'<html lang="{lang}">' in answer.text


def test_every_page_is_closed_to_frames_caches_and_crawlers(served, client):
    for answer in (
        served.ask(link(Purpose.UNSUBSCRIBE, "x@customer.example")),
        served.ask("/newsletter/ja/unsubscribe/x", client=client),
        subscribe(served, client, ""),
    ):
        headers = answer.headers
        assert "frame-ancestors 'none'" == headers["Content-Security-Policy"]
        assert ("nosniff", "same-origin") == (
            headers["X-Content-Type-Options"], headers["Referrer-Policy"],
        )  # fmt: skip
        assert ("private, no-store", None) == (headers["Cache-Control"], headers["Set-Cookie"])
        assert "text/html; charset=utf-8" == headers["Content-Type"]
        assert "default-src 'none';style-src 'sha256-" in answer.text
        assert "form-action 'self'" in answer.text
        assert '<meta name="robots" content="noindex">' in answer.text
        assert "<script" not in answer.text


def test_head_is_get_without_its_page(served):
    path = link(Purpose.UNSUBSCRIBE, "x@customer.example")
    whole, head = served.ask(path), served.ask(path, "HEAD")
    assert (200, b"") == (head.status, head.body)
    assert str(len(whole.body)) == head.headers["Content-Length"]


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("status", "method", "kind", "body"),
    [
        pytest.param(405, "PUT", FORM, b"", id="method"),
        pytest.param(405, "OPTIONS", FORM, b"", id="options"),
        pytest.param(415, "POST", "application/json", b"{}", id="json"),
        pytest.param(415, "POST", "text/plain", b"address=x", id="plain text"),
        pytest.param(415, "POST", "", b"address=x", id="no type"),
        pytest.param(413, "POST", FORM, b"a" * 8_193, id="too large"),
        pytest.param(400, "POST", FORM, b"&".join([b"a=1"] * 33), id="many fields"),
        pytest.param(400, "POST", FORM, b"name=%ff", id="no UTF-8"),
        pytest.param(400, "POST", FORM, "name=花".encode(), id="no ASCII"),
        pytest.param(400, "POST", "multipart/form-data", b"--x--", id="no boundary"),
        pytest.param(400, "POST", "multipart/form-data; boundary=x", b"--y--", id="other boundary"),
        pytest.param(400, "POST", "multipart/form-data; boundary=x", b"--x\r\n\r\n1\r\n--x--",
                     id="nameless part"),
        pytest.param(400, "POST", "multipart/form-data; boundary=x", b"--x\r\n" * 300, id="no end"),
    ],
)  # fmt: skip
def test_what_no_browser_sends_is_refused_for_what_it_is(
    served, client, status, method, kind, body
):
    answer = served.ask("/newsletter/ja/subscribe", method, body, client, Content_Type=kind)
    assert status == answer.status
    if status == 405:
        assert "GET, HEAD, POST" == answer.headers["Allow"]


def test_a_body_of_no_length_is_refused(served, client):
    connection = HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.request(
        "POST", "/newsletter/ja/subscribe", iter([b"address=x"]),
        {"Content-Type": FORM, "X-Forwarded-For": client}, encode_chunked=True,
    )  # fmt: skip
    assert 411 == connection.getresponse().status
    connection.close()


@pytest.mark.soak
def test_thousands_of_bad_requests_change_nothing(served, post):
    """They get answers, none says 5xx, memory stays as it was, and others are served meanwhile."""
    good = link(Purpose.UNSUBSCRIBE, "patient@customer.example")
    bad = [
        lambda n: (f"/newsletter/ja/unsubscribe/{n:022d}", "GET", b""),
        lambda n: (f"/newsletter/en/confirm/{n:064x}", "POST", b"confirm=yes"),
        lambda n: ("/newsletter/ja/subscribe", "POST", f"address={n}&languages=ja".encode()),
        lambda n: ("/newsletter/ja/subscribe", "POST", b"name=" + b"%ff" * (n % 3_000)),
        lambda n: (f"/newsletter/{n}/%2e%2e/", "GET", b""),
    ]

    def ask(numbers):
        statuses = Counter()
        connection = HTTPConnection("127.0.0.1", served.port, timeout=30)
        for n in numbers:
            path, method, body = bad[n % len(bad)](n)
            headers = {"Content-Type": FORM, "X-Forwarded-For": f"10.0.{n % 7}.{n % 13}"}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
        connection.close()
        return statuses

    def ask_all(first, last):
        with ThreadPoolExecutor(4) as clients:
            done = [clients.submit(ask, range(first + n, last, 4)) for n in range(4)]
            while not all(one.done() for one in done):
                assert 200 == served.ask(good).status
                time.sleep(0.1)
        return sum((one.result() for one in done), Counter())

    ask_all(0, 500)  # every thread has its memory then
    before, accepted = served.memory_kb(), post.accepted
    began = time.monotonic()
    statuses = ask_all(500, 500 + REQUESTS)
    assert REQUESTS == sum(statuses.values())
    assert {404, 422, 400} <= statuses.keys() <= {404, 422, 400, 413, 429}, statuses
    assert time.monotonic() - began < 120
    assert served.memory_kb() - before < 8_000
    assert accepted == post.accepted


def test_clients_that_send_half_a_request_keep_nobody_else_waiting(served):
    """Eight of them are as many as there are threads; nginx, in front, sends whole ones only."""
    halves = []
    for _ in range(20):
        half = socket.create_connection(("127.0.0.1", served.port))
        half.sendall(b"GET /newsletter/ja/subs")
        halves.append(half)
    for half in halves:
        half.close()
    assert 200 == served.ask(link(Purpose.UNSUBSCRIBE, "x@customer.example")).status


def test_nothing_went_wrong_unseen(served):
    """No request of these tests ended in a fault of the program."""
    assert [] == [line for line in served.said if "Traceback" in line or "Error " in line]
