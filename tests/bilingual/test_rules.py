"""What the lint says of languages and topics."""

import pytest

from bilingual.rules import check_aliases, check_tags_agree, lint_rules
from columns.source import parse
from lint.model import Content
from tests.builders import LANGUAGES

TOPICS = "".join(
    f"[{slug}]\n" + "".join(f'{lang} = "{slug}"\n' for lang in LANGUAGES)
    for slug in ("dns", "mail", "vpn", "cloud")
)


def problems(tmp_path, path, text, topics=TOPICS):
    (tmp_path / "topics.toml").write_text(topics, "utf-8")
    rules = lint_rules({"LANGUAGES": LANGUAGES, "DEFAULT_LANG": "ja", "PATH": str(tmp_path)})
    source = parse(path, text)
    found = [problem for rule in rules.each for problem in rule(source)]
    content = Content(tmp_path, (source,), rules.addresses)
    found += [problem for rule in rules.overall for problem in rule(content)]
    return [str(problem) for problem in sorted(found)]


def test_headers_that_agree_and_known_topics_pass(tmp_path):
    text = "Title: x\nTags: dns\nSlug: x\nLang: ja\n\nbody"
    assert problems(tmp_path, "columns/2014-03-24-x/ja.md", text) == []


def test_each_fault_is_named_with_its_line(tmp_path):
    text = "Title: x\nTags: dns, dsn\nSlug: y\nLang: en\n\nbody"
    assert problems(tmp_path, "columns/2014-03-24-x/ja.md", text) == [
        'content/columns/2014-03-24-x/ja.md:2: Tags: "dsn" is not in content/topics.toml;'
        " write one of dns, mail, vpn, cloud, or add [dsn] there with a name per language",
        'content/columns/2014-03-24-x/ja.md:3: Slug: "y" disagrees with the path,'
        ' which says "x"; leave the line out',
        'content/columns/2014-03-24-x/ja.md:4: Lang: "en" disagrees with the path,'
        ' which says "ja"; leave the line out',
    ]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("dns, mail, vpn", []),
        ("", []),
        ("dns, mail, vpn, cloud", ["Tags: 4 topics are too many; keep the 3 it is most about"]),
        ("dns, mail, dns", ['Tags: "dns" is given twice; keep one']),
    ],
    ids=["three", "none", "four", "one twice"],
)
def test_a_column_has_at_most_three_topics(tmp_path, tags, expected):
    """One to three topics help a reader to go on; each is listed once."""
    path = "columns/2014-03-24-x/ja.md"
    found = problems(tmp_path, path, f"Title: x\nTags: {tags}\n\nbody")
    assert [f"content/{path}:2: {message}" for message in expected] == found


def test_the_first_topic_of_a_site_is_told_where_to_stand(tmp_path):
    """Without a table there is none to choose from."""
    text = "Title: x\nTags: dns\n\nbody"
    assert problems(tmp_path, "columns/2014-03-24-x/ja.md", text, topics="") == [
        'content/columns/2014-03-24-x/ja.md:2: Tags: "dns" is not in content/topics.toml;'
        " add [dns] there with a name per language"
    ]


def test_an_alias_may_not_be_an_address_of_today(tmp_path):
    text = "Title: x\nAliases: /ja/columns/x/, /ja/old.html\n\nbody"
    assert problems(tmp_path, "columns/2014-03-24-x/ja.md", text) == [
        'content/columns/2014-03-24-x/ja.md:2: Aliases: "/ja/columns/x/" is the address of'
        " content/columns/2014-03-24-x/ja.md already"
    ]


@pytest.mark.parametrize("alias", ["/ja/columns/2014/", "/ja/topics/dns", "/en/feed.atom", "/ja/"])
def test_an_alias_may_not_take_the_place_of_a_list(tmp_path, alias):
    """What the site has by itself is nobody's old address, with or without the last slash."""
    path = "columns/2014-03-24-x/ja.md"
    assert problems(tmp_path, path, f"Title: x\nTags: dns\nAliases: {alias}\n\nbody") == [
        f'content/{path}:3: Aliases: "{alias}" is the address of a list or a file of this site'
        " already"
    ]


def test_two_texts_may_not_claim_one_old_address():
    sources = [
        parse(f"columns/2014-03-24-{slug}/ja.md", f"Aliases: {alias}\n\nbody")
        for slug, alias in (("a", "/old/"), ("b", "/old"))
    ]
    assert [str(problem) for problem in check_aliases(Content(None, sources))] == [
        'content/columns/2014-03-24-b/ja.md:1: Aliases: "/old" is the address of'
        " content/columns/2014-03-24-a/ja.md already"
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("Title: x\nTags: mail, dns", None),
        ("Title: x\nTags: mail", "2: Tags: mail"),
        ("Title: x", "1: Tags: none"),
        ("Title: x\nTags: mail\nStatus: draft", None),
    ],
    ids=["in another order", "other ones", "none", "a draft"],
)
def test_a_columns_languages_have_the_same_topics(other, expected):
    """A topic's page in one language leads to its page in the other."""
    folder = "columns/2014-03-24-x"
    sources = (
        parse(f"{folder}/en.md", "Tags: dns, mail\n\nbody"),
        parse(f"{folder}/ja.md", f"{other}\n\nbody"),
        parse("columns/2014-03-25-y/ja.md", "Tags: vpn\n\nbody"),
    )
    rule = f"but dns, mail in content/{folder}/en.md; write the same in all languages"
    assert [f"content/{folder}/ja.md:{expected}, {rule}"] * bool(expected) == [
        str(problem) for problem in check_tags_agree(Content(None, sources))
    ]


def test_a_language_that_the_site_lacks(tmp_path):
    assert problems(tmp_path, "pages/about/de.md", "Title: x\n\nbody") == [
        'content/pages/about/de.md:1: "de" is not a language of this site;'
        " name the file ja.md or en.md or zh-Hans.md"
    ]


def test_a_topic_that_lacks_a_name_is_named_with_its_line(tmp_path):
    text = "Title: x\nTags: dns\n\nbody"
    topics = '[dns]\nja = "x"\nen = "x"\nzh-Hans = "x"\n\n["mail"]\nja = "x"\nen = "x"\n'
    assert problems(tmp_path, "columns/2014-03-24-x/ja.md", text, topics) == [
        'content/topics.toml:6: [mail]: has no name in zh-Hans; write zh-Hans = "…"'
    ]


def test_a_broken_table_of_topics_is_one_problem_and_no_flood(tmp_path):
    text = "Title: x\nTags: dns\n\nbody"
    found = problems(tmp_path, "columns/2014-03-24-x/ja.md", text, topics="[dns")
    assert len(found) == 1
    assert found[0].startswith("content/topics.toml:1: ")
