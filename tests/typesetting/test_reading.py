import pytest

from typesetting.reading import reading_minutes

TEXTS = {
    "nothing takes a minute": (1, "", "ja"),
    "Japanese by characters": (2, f"<p>{'語' * 1000}</p>", "ja"),
    "Chinese by characters": (3, f"<p>{'语' * 1500}</p>", "zh-Hans"),
    "English by words": (2, f"<p>{'word ' * 440}</p>", "en"),
    "spaces are not read": (2, f"<p>{'語 　' * 1000}</p>", "ja"),
    "code is not read": (1, f"<pre><code>{'語' * 5000}</code></pre>", "ja"),
    "figures are not read": (1, f"<svg><text>{'語' * 5000}</text></svg>", "ja"),
    "readings are not read twice": (1, "<ruby>漢<rt>かん</rt></ruby>" * 400, "ja"),
    "tags part words": (2, "<li>word</li>" * 440, "en"),
}


@pytest.mark.parametrize(("expected", "html", "lang"), TEXTS.values(), ids=TEXTS)
def test_reading_time(expected, html, lang):
    """500 characters or 220 words a minute, at least one minute."""
    assert expected == reading_minutes(html, lang)
