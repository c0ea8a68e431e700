"""The settings of the newsletter are checked as a whole before anything is built."""

import pytest

from newsletter.errors import NewsletterSettingsError
from newsletter.settings import newsletter_of, sender_of
from tests.builders import settings


def newsletter(**values):
    """What pelicanconf.py says of a newsletter in Japanese."""
    defaults = {
        "senders": {"ja": {"name": "編集部", "postal_address": "東京都見本区1-2-3"}},
        "from_address": "columns@mail.columns.example",
        "unsubscribe_address": "unsubscribe@mail.columns.example",
        "contact_address": "desk@columns.example",
        "list_id": "columns.example",
    }
    return defaults | values


def faults(given):
    with pytest.raises(NewsletterSettingsError) as caught:
        newsletter_of(settings(NEWSLETTER=given))
    return str(caught.value).splitlines()


def test_a_site_without_the_setting_has_no_newsletter():
    assert None is newsletter_of(settings())
    assert None is newsletter_of(settings(NEWSLETTER=None))


def test_a_newsletter_may_lack_a_language():
    found = newsletter_of(settings(NEWSLETTER=newsletter()))
    assert ["ja"] == list(found.senders)
    assert (72, False, "/newsletter") == (found.measure, found.digest, found.endpoint)


def test_a_newsletter_may_have_no_endpoint():
    found = newsletter_of(settings(NEWSLETTER=newsletter(endpoint=None)))
    assert "" == sender_of(found, "ja", "https://columns.example").endpoint


def test_all_faults_are_said_at_once():
    given = newsletter(
        senders={
            "ja": {"name": "改行\nBcc: x", "postal_address": " "},
            "fr": {"name": "équipe", "postal_address": "Tokyo", "phone": "1"},
        },
        from_address="columns",
        contact_address="a b@columns.example",
        list_id="columns_example",
        endpoint="newsletter",
        measure=20,
        sender="x",
    )
    assert faults(given) == [
        'pelicanconf.py: NEWSLETTER.senders.ja.name: "改行',
        'Bcc: x" is no line of text',
        'pelicanconf.py: NEWSLETTER.senders.ja.postal_address: " " is no line of text',
        "pelicanconf.py: NEWSLETTER.senders.fr.phone: Extra inputs are not permitted",
        'pelicanconf.py: NEWSLETTER.from_address: "columns" is no mail address;'
        " write columns@company.example",
        'pelicanconf.py: NEWSLETTER.contact_address: "a b@columns.example" is no mail address;'
        " write columns@company.example",
        'pelicanconf.py: NEWSLETTER.list_id: "columns_example" is no list\'s name (RFC 2919);'
        " write columns.company.example",
        'pelicanconf.py: NEWSLETTER.endpoint: "newsletter" is no path below SITEURL;'
        " write /newsletter",
        "pelicanconf.py: NEWSLETTER.measure: Input should be greater than or equal to 40",
        "pelicanconf.py: NEWSLETTER.sender: Extra inputs are not permitted",
        'pelicanconf.py: NEWSLETTER.senders.fr: "fr" is not in LANGUAGES, which has ja, en',
    ]


@pytest.mark.parametrize("given", ["columns@columns.example", [], {}, {"senders": "ja"}])
def test_what_is_no_table_of_settings_is_told(given):
    assert all(fault.startswith("pelicanconf.py: NEWSLETTER") for fault in faults(given))
