"""A listmonk server: people from there, editions to there, and the token to nobody else."""

import builtins
import sys

import pytest

from newsletter.errors import ListmonkError, NewsletterError, NewsletterSettingsError
from newsletter.listmonk import as_template, listmonk_from
from newsletter.model import LANGUAGE_PLACE, UNSUBSCRIBE_PLACE
from newsletter.roster import sync_from
from newsletter.sending import Wish, resolve, send
from newsletter.subscribers import Subscribers
from tests.newsletter.listmonk_server import Server, listmonk, rendered
from tests.newsletter.people import DAY_S, HTML, SIGNER, T0, TEXT, enrolled, enrolment, store_in
from tests.newsletter.site import desk, publish

LINK = "https://lists.example/subscription/1/2"


@pytest.fixture
def server():
    with listmonk(Server()) as server:
        yield server


@pytest.fixture
def here(tmp_path, server):
    """The desk of a site whose editions are live and whose lists lie on the server."""
    publish(tmp_path / "live", "ja", "en")
    return desk(tmp_path, environ_of(server))


def environ_of(server):
    return {
        "ATOGAKI_LISTMONK_URL": server.url,
        "ATOGAKI_LISTMONK_USER": "api",
        "ATOGAKI_LISTMONK_TOKEN": "token",
    }


def people(folder):
    """Everybody's languages by address, with what suspends them."""
    with store_in(folder) as store:
        return {one.address: (one.languages, one.suspended) for one in Subscribers(store).all()}


# --- People from there ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("optin", "status", "subscription", "comes"),
    [
        ("single", "enabled", "confirmed", True),
        ("single", "enabled", "unconfirmed", True),
        ("single", "enabled", "unsubscribed", False),
        ("double", "enabled", "confirmed", True),
        ("double", "enabled", "unconfirmed", False),
        ("double", "enabled", "unsubscribed", False),
        ("single", "blocklisted", "confirmed", False),
        ("single", "disabled", "confirmed", False),
    ],
)
def test_whom_listmonk_would_send_to_comes(
    tmp_path, server, here, optin, status, subscription, comes
):
    where = server.add_list("ja", optin)
    server.add_subscriber("r@c.example", (where, subscription), status=status, name="花子")
    assert 0 == sync_from(here, server.url, T0)
    assert ({"r@c.example": (("ja",), None)} if comes else {}) == people(tmp_path)


def test_all_pages_are_read_however_long_they_are(tmp_path, server, here, capsys):
    where = server.add_list("ja")
    for number in range(123):
        server.add_subscriber(f"reader{number}@c.example", (where, "confirmed"))
    sync_from(here, "", T0)
    assert 123 == len(people(tmp_path))
    assert 3 == server.asked.count("GET /api/subscribers")
    assert capsys.readouterr().out == (
        f"{server.url[7:]}: 123 new, 0 known before, 0 kept out as they left here, "
        "0 gone from there, 0 that cannot be taken\n"
    )


def test_only_lists_with_our_tags_are_ours(tmp_path, server, here):
    ours, other = server.add_list("ja"), server.add_list("ja", tag="sales-")
    server.add_subscriber("reader@c.example", (ours, "confirmed"), (other, "confirmed"))
    server.add_subscriber("customer@c.example", (other, "confirmed"))
    sync_from(here, server.url, T0)
    assert ["reader@c.example"] == list(people(tmp_path))


def test_a_server_without_our_tags_is_said(server, here):
    server.add_list("ja", tag="sales-")
    with pytest.raises(
        ListmonkError, match='no list is tagged for us; tag one "atogaki-ja" or "atogaki-en"'
    ):
        sync_from(here, server.url, T0)


def test_who_leaves_there_leaves_here_and_may_come_back(tmp_path, server, here):
    ja, en = server.add_list("ja"), server.add_list("en")
    reader = server.add_subscriber("r@c.example", (ja, "confirmed"), (en, "confirmed"))
    sync_from(here, server.url, T0)
    host = server.url[7:]
    later = "2026-11-20T09:00:00.000000+09:00"
    for step, expected in (
        (1, (("ja",), None)),
        (0, ((), f"left {host}")),
    ):
        reader["lists"][step] |= {
            "subscription_status": "unsubscribed",
            "subscription_updated_at": later,
        }
        sync_from(here, server.url, T0)
        assert {"r@c.example": expected} == people(tmp_path)
    for each in reader["lists"]:
        each["subscription_status"] = "confirmed"
    sync_from(here, server.url, T0)
    assert {"r@c.example": (("en", "ja"), None)} == people(tmp_path)


def test_who_is_deleted_there_gets_nothing_here(tmp_path, server, here):
    where = server.add_list("ja")
    enrolled(tmp_path, enrolment("ours@c.example"))
    server.add_subscriber("stays@c.example", (where, "confirmed"))
    gone = server.add_subscriber("gone@c.example", (where, "confirmed"))
    sync_from(here, server.url, T0)
    server.subscribers.remove(gone)
    sync_from(here, server.url, T0)
    sync_from(here, server.url, T0)
    assert {"gone@c.example"} == {who for who, (_, why) in people(tmp_path).items() if why}
    server.subscribers.append(gone)
    sync_from(here, server.url, T0)
    assert set() == {who for who, (_, why) in people(tmp_path).items() if why}


def test_a_server_that_lost_most_people_is_not_believed(tmp_path, server, here, capsys):
    """Nobody is suspended for that, unless one insists."""
    where = server.add_list("ja")
    for number in range(5):
        server.add_subscriber(f"reader{number}@c.example", (where, "confirmed"))
    sync_from(here, server.url, T0)
    del server.subscribers[2:]
    with pytest.raises(ListmonkError, match="lacks 3 of the 5 people who came from there"):
        sync_from(here, server.url, T0)
    server.subscribers.clear()
    with pytest.raises(ListmonkError, match=r"lacks 5 of the 5 .* --insist suspends"):
        sync_from(here, server.url, T0)
    assert set() == {why for _, why in people(tmp_path).values() if why}
    capsys.readouterr()
    assert 0 == sync_from(here, server.url, T0, insist=True)
    assert ", 5 gone from there" in capsys.readouterr().out
    assert {f"left {server.url[7:]}"} == {why for _, why in people(tmp_path).values()}


def test_an_answer_that_lacks_pages_suspends_nobody(tmp_path, server, here):
    where = server.add_list("ja")
    for number in range(123):
        server.add_subscriber(f"reader{number}@c.example", (where, "confirmed"))
    sync_from(here, server.url, T0)
    server.lacks_from_page = 3
    with pytest.raises(ListmonkError, match="/api/subscribers: gives 100 of 123; ask again"):
        sync_from(here, server.url, T0)
    assert 123 == len([why for _, why in people(tmp_path).values() if why is None])


def test_who_left_here_is_not_brought_back(tmp_path, server, here):
    where = server.add_list("ja")
    server.add_subscriber("r@c.example", (where, "confirmed"))
    sync_from(here, server.url, T0)
    with store_in(tmp_path) as store:
        Subscribers(store).remove(SIGNER.person("r@c.example"), T0)
    sync_from(here, server.url, T0 + DAY_S)
    assert {} == people(tmp_path)


def test_what_somebody_chose_here_since_is_kept(tmp_path, server, here):
    ja, en = server.add_list("ja"), server.add_list("en")
    server.add_subscriber("r@c.example", (ja, "confirmed"), (en, "unsubscribed"))
    sync_from(here, server.url, T0)
    with store_in(tmp_path) as store:
        Subscribers(store).change_languages(SIGNER.person("r@c.example"), ["en"], T0)
    sync_from(here, server.url, T0 + DAY_S)
    assert {"r@c.example": (("en",), None)} == people(tmp_path)


def test_an_address_that_is_none_is_said_and_the_rest_taken(tmp_path, server, here, capsys):
    where = server.add_list("ja")
    server.add_subscriber("no address", (where, "confirmed"))
    server.add_subscriber("r@c.example", (where, "confirmed"), name="=cmd()")
    sync_from(here, server.url, T0)
    assert ["r@c.example"] == list(people(tmp_path))
    assert 'subscriber 1: "no address" is no address' in capsys.readouterr().out


def test_an_answer_of_another_form_is_said(server, here):
    server.add_list("ja")
    server.subscribers.append({"mail": "r@c.example"})
    with pytest.raises(ListmonkError, match=r"not as listmonk has them: KeyError\('email'\)"):
        sync_from(here, server.url, T0)


# --- The token --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "url", "message"),
    [
        ({}, "", "ATOGAKI_LISTMONK_URL: is not set"),
        ({"ATOGAKI_LISTMONK_TOKEN": ""}, "", "ATOGAKI_LISTMONK_TOKEN: is not set"),
        (
            {"ATOGAKI_LISTMONK_URL": "http://lists.example"},
            "",
            "http://lists.example would take the token in clear; write https://…",
        ),
        (
            {"ATOGAKI_LISTMONK_URL": "https://lists.example"},
            "https://lists.example.evil.example",
            "the token of the environment is for https://lists.example and goes nowhere else",
        ),
        (
            {"ATOGAKI_LISTMONK_URL": "https://me:secret@lists.example"},
            "",
            "ATOGAKI_LISTMONK_URL: holds a user; name it in ATOGAKI_LISTMONK_USER",
        ),
        (
            {"ATOGAKI_LISTMONK_URL": "https://lists.example"},
            "http://lists.example",
            "goes nowhere else",
        ),
    ],
)
def test_the_token_is_for_one_server(environ, url, message):
    given = {"ATOGAKI_LISTMONK_USER": "api", "ATOGAKI_LISTMONK_TOKEN": "token"} | environ
    with pytest.raises(NewsletterSettingsError, match=message):
        listmonk_from(given, url)


def test_no_redirect_takes_the_token_along(server, here):
    with listmonk(Server()) as other:
        server.moves_to = f"{other.url}/api/lists"
        with pytest.raises(ListmonkError, match="answers 302, and not as listmonk does"):
            sync_from(here, server.url, T0)
        assert [] == other.asked


def test_a_wrong_token_is_said_as_listmonk_says_it(tmp_path, server):
    wrong = desk(tmp_path, environ_of(server) | {"ATOGAKI_LISTMONK_TOKEN": "wrong"})
    with pytest.raises(ListmonkError, match="/api/lists: answers 403 invalid session") as caught:
        sync_from(wrong, server.url, T0)
    assert "wrong" not in str(caught.value)


# --- Editions to there ------------------------------------------------------------------------


def hand_over(here, **values):
    return send(here, Wish("cable-fault", via="listmonk", yes=True, **values))


def test_an_edition_becomes_a_campaign_that_runs(server, here):
    where = server.add_list("ja")
    assert 0 == hand_over(here, lang="ja")
    (campaign,) = server.campaigns
    assert ("k7q2mzv4xh/ja", "running", [where["id"]], "html") == (
        campaign["name"],
        campaign["status"],
        campaign["lists"],
        campaign["content_type"],
    )
    assert "海底ケーブルが切れた朝" == campaign["subject"]
    assert "あとがき <columns@atogaki.example>" == campaign["from_email"]
    assert {"List-Id": "<ja.columns.atogaki.example>"} in campaign["headers"]
    (template,) = server.templates
    assert ("atogaki", "campaign", '{{ template "content" . }}') == (
        template["name"],
        template["type"],
        template["body"],
    )
    for part, text in (("body", HTML), ("altbody", TEXT)):
        filled = text.replace(UNSUBSCRIBE_PLACE, LINK).replace(
            LANGUAGE_PLACE, f"{LINK}?manage=true"
        )
        assert filled == rendered(campaign[part], LINK)


def test_each_language_goes_to_its_own_list(server, here):
    ja, en = server.add_list("ja"), server.add_list("en")
    hand_over(here)
    assert {"k7q2mzv4xh/ja": [ja["id"]], "k7q2mzv4xh/en": [en["id"]]} == {
        one["name"]: one["lists"] for one in server.campaigns
    }
    assert 1 == len(server.templates)


def test_an_edition_is_handed_over_once(server, here):
    server.add_list("ja")
    for _ in range(3):
        assert 0 == hand_over(here, lang="ja")
    assert 1 == len(server.campaigns)


@pytest.mark.parametrize("where", ["POST /api/campaigns", "PUT /api/campaigns/1/status"])
def test_a_line_that_breaks_leads_to_one_campaign(server, here, where):
    """It has done what was asked, and the answer never came."""
    server.add_list("ja")
    server.breaks_after = where
    with pytest.raises(ListmonkError):
        hand_over(here)
    server.breaks_after = ""
    assert 0 == hand_over(here, lang="ja")
    assert ["running"] == [one["status"] for one in server.campaigns]


def test_a_campaign_that_a_person_paused_is_left_alone(server, here, capsys):
    server.add_list("ja")
    server.breaks_after = "PUT /api/campaigns/1/status"
    with pytest.raises(ListmonkError):
        hand_over(here)
    server.breaks_after = ""
    server.campaigns[0]["status"] = "paused"
    hand_over(here)
    assert "k7q2mzv4xh/ja: is campaign 1 there, paused" in capsys.readouterr().out
    assert "paused" == server.campaigns[0]["status"]


def test_what_went_out_by_listmonk_goes_out_no_other_way(server, here):
    server.add_list("ja")
    hand_over(here)
    with pytest.raises(NewsletterError, match="went out by listmonk, and goes no other way"):
        send(here, Wish("cable-fault", yes=True))


def test_what_a_restored_database_forgot_goes_out_no_other_way_either(tmp_path, server, here):
    """Once a person has said that it was not sent; and it is known by its slug again."""
    server.add_list("ja")
    enrolled(tmp_path, enrolment())
    backup = (tmp_path / "newsletter.sqlite").read_bytes()
    hand_over(here, lang="ja")
    (tmp_path / "newsletter.sqlite").write_bytes(backup)
    resolve(here, "k7q2mzv4xh/ja", "", sent=False)
    with pytest.raises(NewsletterError, match="went out by listmonk, and goes no other way"):
        send(here, Wish("cable-fault", lang="ja", yes=True))
    assert 0 == resolve(here, "cable-fault", "", sent=None)


def test_a_person_is_asked_with_how_many_are_on_the_lists(server, here, monkeypatch):
    server.add_list("ja")
    server.add_list("en")
    asked = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", lambda question: asked.append(question) or "n")
    with pytest.raises(NewsletterError, match="nothing was sent"):
        send(here, Wish("cable-fault", via="listmonk"))
    assert [f"Hand them to {server.url[7:]}, for 360 on its lists? [y/N] "] == asked
    assert [] == server.campaigns


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_language_without_a_list_is_said(server, here, capsys, dry_run):
    server.add_list("ja")
    assert 1 == hand_over(here, dry_run=dry_run)
    assert capsys.readouterr().err == (
        "k7q2mzv4xh/en: goes to nobody, as no list there is tagged atogaki-en; tag one, "
        "or leave the language out with --lang\n"
    )
    assert (0 if dry_run else 1) == len(server.campaigns)


def test_a_rehearsal_hands_over_nothing(server, here, capsys):
    server.add_list("ja")
    assert 0 == hand_over(here, lang="ja", dry_run=True)
    assert [] == server.campaigns
    assert (
        f'k7q2mzv4xh/ja: “海底ケーブルが切れた朝” to "columns ja" (120) of {server.url[7:]}'
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        'a < b && "quoted" \\ back\n\tslash',
        "{{ UnsubscribeURL }} and {{unsubscribe }} and }} and {{",
        "https://columns.example/@TrackLink",
        "<!-- kept --><style>@media{a{b:c}}</style>\u2028",
        "",
    ],
)
def test_a_text_arrives_as_it_is(text):
    template = as_template(text)
    assert text == rendered(template, LINK)
    assert "@TrackLink" not in template
    assert "{{ UnsubscribeURL" not in template


def test_a_subject_with_braces_arrives_as_it_is(tmp_path, server, here):
    server.add_list("ja")
    publish(tmp_path / "live", "ja", subject="What {{ .Name }} means")
    hand_over(here, lang="ja")
    assert "What {{ .Name }} means" == rendered(server.campaigns[0]["subject"], LINK)
