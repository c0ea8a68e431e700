"""Which file answers at an address."""

import pytest

from bilingual.addresses import Addresses


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/ja/columns/", "ja/columns/index.html"),
        ("/en/old", "en/old/index.html"),
        ("/old.txt", "old.txt/index.html"),
        ("/ja/2014/cable.html", "ja/2014/cable.html"),
        ("/~x/2014_03.htm", "~x/2014_03.htm"),
        ("/ja/404.html", "ja/404.html"),
    ],
)
@pytest.mark.parametrize("siteurl", ["", "https://columns.example", "https://columns.example/team"])
def test_only_an_ending_of_html_is_a_files_name(siteurl, path, file):
    """A page under any other name would be served as something else, or as nothing."""
    addresses = Addresses(siteurl)
    assert file == addresses.file(f"{addresses.base}{path}")
