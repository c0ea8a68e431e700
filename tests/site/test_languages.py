"""Both languages to the ground, as readers find them in the built pages."""

import re
import shutil
from xml.etree import ElementTree as etree

import pytest

from pelicanconf import LANGUAGES
from tests.site.conftest import ROOT, TOPICS, words

CHINESE = {
    "name": "简体中文",
    "site_name": "后记",
    "tagline": "中日线路上的故障与对策",
    "author": "后记编辑部",
}


def links(html):
    """The hreflang links of a page's head, as language → address."""
    found = re.findall(r"<link [^>]*>", html.partition("</head>")[0])
    pairs = (dict(re.findall(r'([\w-]+)="?([^"> ]+)"?', link)) for link in found)
    return {link["hreflang"]: link["href"] for link in pairs if "hreflang" in link}


def test_each_language_has_its_own_address(site):
    site.column(lang="ja")
    site.column(lang="en")
    assert site.build().returncode == 0
    assert re.search(r'<html lang="?ja\b', site.page("/ja/columns/cable-fault/"))
    assert re.search(r'<html lang="?en\b', site.page("/en/columns/cable-fault/"))
    expected = {
        "ja": "http://127.0.0.1:8000/ja/columns/cable-fault/",
        "en": "http://127.0.0.1:8000/en/columns/cable-fault/",
        "x-default": "http://127.0.0.1:8000/ja/columns/cable-fault/",
    }
    assert expected == links(site.page("/ja/columns/cable-fault/"))
    assert expected == links(site.page("/en/columns/cable-fault/"))


def test_a_translation_header_turns_original_and_translation_round(site):
    site.column(lang="ja", Translation="true")
    site.column(lang="en")
    site.build()
    found = links(site.page("/ja/columns/cable-fault/"))
    assert found["x-default"] == "http://127.0.0.1:8000/en/columns/cable-fault/"


def test_a_column_of_one_language_is_listed_in_the_other_and_marked(site):
    """It has no address in the language that it lacks."""
    site.column(lang="ja", Title="日本語の題")
    site.build()
    listed = site.page("/en/columns/")
    assert "Japanese only" in words(listed)
    (link,) = re.findall(r"<a [^>]*>日本語の.*?</a>", listed)
    assert "/ja/columns/cable-fault/" in link
    assert re.search(r'\blang="?ja\b', link)
    assert re.search(r'hreflang="?ja\b', link)
    assert not (site.root / "output/en/columns/cable-fault").exists()
    assert "Not available in English: see all columns" in words(
        site.page("/ja/columns/cable-fault/")
    )


def test_an_english_column_is_no_original_of_the_japanese_list_by_accident(site):
    """Stock Pelican shows an English-only column in the Japanese index without a word."""
    site.column(lang="en", Title="In English")
    site.build()
    assert "英語のみ" in words(site.page("/ja/columns/"))
    assert "英語のみ" in words(site.page("/ja/columns/2014/"))
    assert "英語のみ" in words(site.page("/ja/topics/dns/"))
    assert "英語のみ" in words(site.page("/ja/postscripts/"))


def test_an_older_translation_says_so_with_both_dates(site):
    site.column(lang="ja", Modified="2014-04-02 11:00")
    site.column(lang="en")
    site.build()
    text = words(site.page("/en/columns/cable-fault/"))
    assert (
        "The original was updated on 2 April 2014; this translation dates from 24 March 2014."
        in text
    )
    assert "更新されています" not in words(site.page("/ja/columns/cable-fault/"))


def test_the_front_door_lists_the_languages_and_sends_nobody_anywhere(site):
    site.column()
    site.build()
    page = site.page("/")
    assert "日本語" in words(page)
    assert "English" in words(page)
    assert "http-equiv=refresh" not in page.replace('"', "")


def test_each_name_on_the_front_door_is_read_out_in_its_own_language(site):
    site.build()
    named = re.search(r"<h1.*?</h1>", site.page("/"))[0]
    assert re.search(r">あとがき / <span lang=\"?en\"?>Atogaki</span>", named), named


def test_the_front_door_is_told_in_each_language_its_own_door_first(site):
    """A server that reads Accept-Language shows these at `/`, the address they call their own."""
    site.column()
    site.build()
    pages = {lang: site.output()[f"index.{lang}.html"].decode() for lang in ("ja", "en")}
    assert pages["ja"] == site.page("/")
    assert '<html lang="en">' in pages["en"]
    doors = re.findall(r'class="doors-link" href="([^"]+)"', pages["en"])
    assert doors == ["/en/", "/ja/"]
    assert '<link rel="canonical" href="http://127.0.0.1:8000/">' in pages["en"]
    assert links(pages["en"]) == links(pages["ja"])


def test_a_site_hosted_in_china_shows_its_number_at_the_foot_of_every_page(site):
    """As a link to the registry, in its own language, and nowhere a request."""
    number = "京ICP备12345678号-1"
    site.column()
    assert site.build(ICP_NUMBER=number).returncode == 0
    link = f'<a href="https://beian.miit.gov.cn/" lang="zh-Hans" hreflang="zh-Hans">{number}</a>'
    pages = {path: page for path, page in site.output().items() if path.endswith(".html")}
    without = [path for path, page in pages.items() if page.decode().count(link) != 1]
    assert [] == [path for path in without if not path.endswith("/edition.html")]  # shows a mail
    assert site.build().returncode == 0
    assert [] == [path for path, data in site.output().items() if b"beian" in data]


def test_pages_print_the_zone_and_keep_an_offset(site):
    site.column(lang="ja", Date="2014-03-24 09:30")
    site.column(lang="en", Date="2014-03-24 08:30 +08:00")
    site.build()
    assert "2014年3月24日 09:30（日本時間）" in words(site.page("/ja/columns/cable-fault/"))
    english = site.page("/en/columns/cable-fault/")
    assert "24 March 2014, 08:30 (UTC+8)" in words(english)
    assert "2014-03-24T08:30+08:00" in english


def test_date_and_modified_each_say_a_time_of_day_only_where_one_was_written(site):
    site.column(lang="ja", Date="2014-03-24 09:00", Modified="2014-03-25")
    site.column(lang="en", Date="2014-03-24", Modified="2014-03-25 10:30")
    site.build()
    japanese = words(site.page("/ja/columns/cable-fault/"))
    english = words(site.page("/en/columns/cable-fault/"))
    assert "2014年3月24日 09:00（日本時間） 更新 2014年3月25日（日本時間）" in japanese
    assert "24 March 2014 (Japan time) Updated 25 March 2014, 10:30 (Japan time)" in english


def test_the_sitemap_names_every_page_once_with_its_alternates(site):
    """Neither an old address nor a form of the front door is a page of its own."""
    site.column(lang="ja", Aliases="/ja/2014/cable.html")
    site.column(lang="en")
    site.build()
    root = etree.fromstring(site.output()["sitemap.xml"])
    pages = {url[0].text.removeprefix("http://127.0.0.1:8000"): url for url in root}
    assert {"/", "/ja/", "/en/columns/cable-fault/", "/ja/topics/dns/", "/en/about/"} <= set(pages)
    assert not any("404" in path for path in pages)
    assert len(pages) == len(root)
    tags = [link.get("hreflang") for link in pages["/ja/columns/cable-fault/"][2:]]
    assert tags == ["ja", "en", "x-default"]
    for path in pages:
        assert f"{path.lstrip('/')}index.html" in site.output()


def test_a_page_says_when_it_last_changed(site):
    """`Modified:` on a page is read by people, and by crawlers in the sitemap."""
    site.write("content/pages/about/ja.md", "Title: x\nModified: 2014-04-02 11:00\n\nx\n")
    site.write("content/pages/about/en.md", "Title: x\nModified: 2014-04-02\n\nx\n")
    done = site.build()
    assert (done.returncode, done.stderr) == (0, "")
    assert "更新 2014年4月2日 11:00（日本時間）" in words(site.page("/ja/about/"))
    assert "Updated 2 April 2014 (Japan time)" in words(site.page("/en/about/"))
    assert "Updated" not in words(site.page("/en/privacy/"))
    root = etree.fromstring(site.output()["sitemap.xml"])
    changed = {url[0].text[21:]: url[1].text for url in root if url[1].tag.endswith("lastmod")}
    assert changed == {
        "/ja/about/": "2014-04-02T11:00+09:00",
        "/en/about/": "2014-04-02T00:00+09:00",
    }


@pytest.fixture
def trilingual(site):
    """The same site in a third language, with phrases, pages and columns of its own."""
    theme = site.root / "theme"
    shutil.copytree(ROOT / "theme", theme)
    for lang, name in (("ja", "中国語"), ("en", "Chinese")):
        strings = theme / f"strings/{lang}.toml"
        text = strings.read_text("utf-8")
        strings.write_text(text.replace("[language]", f'[language]\nzh-Hans = "{name}"'), "utf-8")
    chinese = (theme / "strings/en.toml").read_text("utf-8")
    chinese = chinese.replace('"{language} only"', '"仅{language}"').replace("en_GB", "zh_CN")
    (theme / "strings/zh-Hans.toml").write_text(chinese, "utf-8")
    chinese_topics = TOPICS.replace('\nen = "', '\nzh-Hans = "域名"\nen = "')
    site.write("content/topics.toml", chinese_topics)
    site.settings = {
        "THEME": str(theme),
        "LANGUAGES": LANGUAGES | {"zh-Hans": CHINESE},
        "POSTSCRIPT_HEADINGS": {"ja": ("あとがき",), "en": ("Postscript",), "zh-Hans": ("后记",)},
    }
    for slug in ("about", "privacy"):
        site.write(f"content/pages/{slug}/zh-Hans.md", f"Title: {slug}\n\n{slug}.\n")
    for lang in ("zh-Hans", "en", "ja"):
        end = "## 后记\n\n轻松的话。" if lang == "zh-Hans" else ""
        site.column(lang=lang, body=f"正文。\n\n{end}")
    site.column("2015-01-01-ours", lang="zh-Hans", body="网络，\n断了。\n\n## 后记\n\n轻松的话。")
    site.column("2016-01-01-theirs", lang="ja")
    return site


def test_a_third_language_needs_settings_phrases_and_names_only(trilingual):
    done = trilingual.build()
    assert (done.returncode, done.stderr) == (0, "")
    page = trilingual.page("/zh-Hans/columns/cable-fault/")
    assert list(links(page)) == ["ja", "en", "zh-Hans", "x-default"]
    assert "网络，断了。" in words(trilingual.page("/zh-Hans/columns/ours/"))
    listed = words(trilingual.page("/zh-Hans/columns/"))
    assert "仅Japanese" in listed
    assert "中国語のみ" in words(trilingual.page("/ja/columns/"))
    assert "轻松的话。" in words(trilingual.page("/zh-Hans/postscripts/"))
    assert "简体中文" in words(trilingual.page("/"))


def test_a_language_without_pages_of_its_own_leads_to_none(trilingual):
    """Its columns come first; nothing on its pages leads to an address that is not there."""
    for slug in ("about", "privacy"):
        (trilingual.root / f"content/pages/{slug}/zh-Hans.md").unlink()
    assert trilingual.build().returncode == 0
    page = trilingual.page("/zh-Hans/columns/cable-fault/")
    assert "/zh-Hans/feeds/" in page
    assert not re.search(r"/zh-Hans/(about|privacy)/", page)
    assert "/ja/privacy/" in trilingual.page("/ja/columns/cable-fault/")


def test_a_language_without_a_heading_for_postscripts_is_told_before_anything_is_built(site):
    site.column()
    done = site.build(POSTSCRIPT_HEADINGS={"ja": ("あとがき",)})
    assert done.returncode == 1
    assert 'pelicanconf.py: POSTSCRIPT_HEADINGS: lacks "en"; write the heading' in done.stderr
    assert not (site.root / "output").exists()


@pytest.mark.parametrize("epoch", ["abc", "1e9", "99999999999999", "-1"])
def test_a_time_of_the_build_that_is_none_is_told_in_a_line(site, epoch):
    done = site.build(now=epoch)
    expected = f'SOURCE_DATE_EPOCH: "{epoch}" is no time; write seconds since 1970, 1735689600\n'
    assert (done.returncode, done.stderr) == (1, expected)


def test_the_hash_seed_changes_no_byte(trilingual):
    """Three languages in a set once came out in another order with another seed."""
    outputs = []
    for seed in ("0", "1", "2"):
        assert trilingual.build(seed=seed).returncode == 0
        outputs.append(trilingual.output())
        shutil.rmtree(trilingual.root / "output")
    assert outputs[0] == outputs[1] == outputs[2]
