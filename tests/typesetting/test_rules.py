import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from columns.source import Place, parse, parse_at
from lint.model import Content, Problem
from press.kept import Kept
from typesetting.rules import ALREADY, IDS_OF_THE_TEMPLATE, line_of, lint_rules, rules_of

PATH = "columns/2020-01-01-here/en.md"
HEADERS = "Title: Here\nDate: 2020-01-01\n\n"  # the body begins in line 4


@pytest.fixture
def rules(typesetter):
    return rules_of(typesetter, ("ja", "en"))


def source(body, path=PATH):
    return parse(path, f"{HEADERS}{body}")


EACH = {
    "script": (5, "<script> may not stand in a text; write Markdown", "a\n<script>x</script>"),
    "iframe": (4, "<iframe> may not stand in a text; write Markdown", '<IFRAME src="/x"></IFRAME>'),
    "svg": (4, "<svg> may not stand in a text; write Markdown", "a <svg></svg>"),
    "the postscript's own element": (
        5,
        "<x-postscript> may not stand in a text; write Markdown",
        '`<x-postscript>`\na <x-postscript level="h2" heading="x">b</x-postscript>',
    ),
    "handler": (7, "onclick= runs a script; leave it out", 'a\n\n<b\nONCLICK="x()">b</b>'),
    "a value that is none": (
        6,
        'datetime="bogus" is no value of <time>; write 2014-03-24, 2014-03-24T09:00+09:00 or 09:00',
        'a\n\nb <time datetime="bogus">c</time>',
    ),
    "an element out of its place": (
        6,
        "<td> stands in <tr> only; write Markdown",
        "a\n\n<td>b</td>",
    ),
    "a block in a paragraph": (
        6,
        "<div> may not stand in a paragraph; put blank lines around it",
        "a\n\n<p><div>b</div></p>",
    ),
    "style": (
        4,
        "style= is blocked on the page; the theme's CSS says how things look",
        '<p style="color:red">b</p>',
    ),
    "h1": (6, '"# Top": only the title is of the first level; write ## Top', "a\n\n# Top"),
    "skipped at the start": (4, '"### Deep" skips a level; write ## Deep', "### Deep"),
    "skipped": (8, '"#### Deep" skips a level; write ### Deep', "## A\n\nDeep\n\n#### Deep"),
    "javascript": (
        4,
        'link "javascript:x()": javascript: does not lead to a page;'
        " write https:, mailto: or tel:",
        "[a](javascript:x())",
    ),
    "hidden scheme": (
        4,
        'link "java\tscript:x": javascript: does not lead to a page;'
        " write https:, mailto: or tel:",
        '<a href="java&#9;script:x">a</a>',
    ),
    "data": (
        4,
        'link "data:text/html,x": data: does not lead to a page; write https:, mailto: or tel:',
        "[a](data:text/html,x)",
    ),
    "a bracket in an address": (
        4,
        'link "https://example.com/?a[]=1": "[" may not stand in an address; write %5B',
        "[a](https://example.com/?a[]=1)",
    ),
    "a space in an address": (
        4,
        'link "tel:+81 3 0000": " " may not stand in an address; write %20',
        "[a](<tel:+81 3 0000>)",
    ),
    "a per cent sign in an address": (
        4,
        'link "https://example.com/100%": "%" may not stand in an address; write %25',
        "[a](https://example.com/100%)",
    ),
    "fragment": (4, 'link "#gone": nothing in this text has that id', "[a](#gone)"),
    "nowhere": (4, 'link "": leads nowhere; write an address', "[a]()"),
    "only a sharp": (4, 'link "#": leads nowhere; write an address', "[a](#)"),
    "an undefined reference": (
        5,
        "[x][nope]: nothing defines it; write a line [nope]: … or a whole link;"
        " where it is code, `[x][nope]`",
        "`[y][z]`\n[x][nope]",
    ),
    "an undefined footnote": (
        4,
        "[^9]: nothing defines it; write a line [^9]: … or a whole link; where it is code, `[^9]`",
        "a[^9]",
    ),
    "an undefined footnote behind brackets that mean themselves": (
        6,
        "[^9]: nothing defines it; write a line [^9]: … or a whole link; where it is code, `[^9]`",
        "\\[^9]\n\n\\\\[^9]",
    ),
    "an image without a file": (
        4,
        "an image without a file; write ![what it shows](figure.svg)",
        '<img alt="x">',
    ),
    "alt without ink": (
        4,
        'image "f.svg" has no text; write ![what it shows](f.svg)',
        "![&#8203;\u3000](f.svg)",
    ),
    "one id for two headings": (
        8,
        'id "repair" is given 2 times; give each its own',
        "## A {#repair}\n\n[a](#repair)\n\n## B {#repair}\n\n`{#repair}`",
    ),
    "an id in raw HTML that a heading has": (
        6,
        'id "x" is given 2 times; give each its own',
        '## A {#x}\n\n<span ID="x">a</span>',
    ),
    "an id of the page": (
        4,
        'id "topics" is one of the page\'s own; write another, e.g. {#topics-2}',
        "## Topics {#topics}",
    ),
    "an id of two words": (
        4,
        'id "a b" is no word; write one without spaces, e.g. {#repair}',
        '<span id="a b">x</span>',
    ),
    "an empty id": (
        4,
        'id "" is no word; write one without spaces, e.g. {#repair}',
        '<span id="">x</span>',
    ),
    "a footnote defined twice": (
        8,
        "[^1]: defined twice, first in line 6; rename one",
        "a[^1]\n\n[^1]: b\n\n[^1]: c",
    ),
    "a heading of no words": (6, '"##" is a heading of no words; write some', "a\n\n## &#8203;\n"),
    "a link of no words": (
        4,
        'link "https://example.com/" has no words; write [where it leads](…)',
        "[&#8203;](https://example.com/)",
    ),
    "a link around an image of no words": (
        4,
        'link "https://example.com/" has no words; write [where it leads](…)',
        '<a href="https://example.com/"><b></b></a>',
    ),
    "an address of the preview": (
        4,
        'link "http://127.0.0.1:8000/ja/": leads to the reader\'s own machine;'
        " link to the file, ../<folder>/ja.md",
        "[a](http://127.0.0.1:8000/ja/)",
    ),
    "a control character by its number": (
        6,
        "&#x8;: a control character or none at all; delete it",
        "`&#8;`\n\na&#x8;",
    ),
    "a bidirectional control by its number": (
        4,
        "&#x202e;: a control character or none at all; delete it",
        "a &#x202e;b",
    ),
    "a noncharacter by its number": (
        4,
        "&#65534;: a control character or none at all; delete it",
        "a &#65534;b",
    ),
    "a character that is none": (
        4,
        "&#xD800;: a control character or none at all; delete it",
        "&#xD800;",
    ),
    "a comment behind other elements": (
        6,
        "a comment may not stand in a text; delete it",
        "<b>a</b>\n\n<!-- b -->",
    ),
    "what follows code in a list": (
        11,
        "<script> may not stand in a text; write Markdown",
        "1. a\n\n    ```html\n    <script>\n\n    ```\n\n<script>x</script>",
    ),
    "what follows code in an item that stands in an item": (
        10,
        'link "#gone": nothing in this text has that id',
        "- a\n    - b\n      ~~~\n      [a](#gone)\n      ~~~\n\n[a](#gone)",
    ),
    "the postscript's element behind code in a list": (
        10,
        "<x-postscript> may not stand in a text; write Markdown",
        '- a\n\n  ```\n  <x-postscript>\n  ```\n\na <x-postscript level="h2" heading="x">b'
        "</x-postscript>",
    ),
    "no alt": (6, 'image "f.svg" has no text; write ![what it shows](f.svg)', "a\n\n![](f.svg)"),
    "other host": (
        4,
        'image "https://example.com/x.png" does not lie beside the text; put the file there',
        "![x](https://example.com/x.png)",
    ),
    "own address": (
        4,
        'image "/assets/x.png" does not lie beside the text; put the file there',
        "![x](/assets/x.png)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "message", "body"), EACH.values(), ids=EACH)
def test_a_text_with_a_fault_is_named_with_its_line(rules, line, message, body):
    """What may not stand in a text is found in Markdown and raw HTML alike."""
    assert [Problem(PATH, line, message)] == list(rules.each[0](source(body)))


def test_what_an_earlier_run_found_is_named_where_it_stands_now(typesetter, tmp_path):
    """Faults are kept by their text: headers that grow move them, and nobody typesets again."""
    known = Kept(tmp_path / "faults", "code")
    rules = rules_of(typesetter, ("ja", "en"), known=known)
    for _, _, body in EACH.values():
        list(rules.each[0](source(body)))
    list(rules.overall[0](Content(tmp_path, ())))
    rules = rules_of(None, ("ja", "en"), known=Kept(tmp_path / "faults", "code"))
    for line, message, body in EACH.values():
        longer = parse(PATH, f"Summary: b\n{HEADERS}{body}")
        assert [Problem(PATH, line + 1, message)] == list(rules.each[0](longer))


FINE = {
    "headings": "## A\n\n### B\n\n## C",
    "addresses": "[a](https://[2001:db8::1]:8443/x%20y?b=c&d=(e)#f) [b](https://日本.example/日)",
    "links": "[a](https://example.com/) [b](mailto:a@example.com) [c](tel:+81) [d](#postscript)",
    "footnotes": "a[^1]\n\n[^1]: b",
    "brackets that mean themselves": r"\[^0-9] \[a][b] [a]\[b] [a\][b] &#91;^0-9]",
    "code": "`<script>` and `onclick=`\n\n```html\n<script style='x'></script>\n```",
    "code in a list": "1. a\n\n    ```html\n    <script>x</script>\n    [a](#b)\n    ```\n\n2. b",
    "code in a list, with tabs": "- a\n\n\t~~~\n\t<script onclick='x'>\n\t<x-postscript>\n\t~~~",
    "an item that begins with code": "- ```html\n  <script>x</script>\n  ```\n\nb",
    "a link of a picture": "[![what it shows](f.svg)](https://example.com/)",
    "characters by their number": "&#169; &#x3042; `&#8;`",
    "ids that differ": "## A {#a}\n\n## B {#a-b}\n\n[a](#a)",
    "a footnote told of twice": "a[^1] b[^1]\n\n[^1]: c\n\n`[^1]: d`",
    "image": "![what it shows](f.svg)",
    "inline HTML": "<kbd>Ctrl</kbd>",
    "a colon in a path": "[a](x/y:z.md)",
}


@pytest.mark.parametrize("body", FINE.values(), ids=FINE)
def test_the_house_form_passes(rules, body):
    """Nothing that the writing rules allow is reported."""
    assert [] == list(rules.each[0](source(body)))


def test_the_line_is_looked_for_outside_code():
    """An example in a code block is not mistaken for the offender behind it."""
    body = "```html\n<script>\n```\n`<script>`\n\n<script>"
    assert 9 == line_of(source(body), "<script>")


def test_what_the_source_does_not_show_is_put_on_the_first_line():
    """A fault that only the HTML shows still has a place."""
    assert 4 == line_of(source("a\nb"), "nowhere")


@pytest.fixture
def lint(rules, tmp_path):
    def problems(body, *others, files=None, body_of_others="x"):
        for name, data in (files or {}).items():
            path = tmp_path / "columns/2020-01-01-here" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        sources = (source(body), *(source(body_of_others, path) for path in others))
        return list(rules.overall[0](Content(tmp_path, sources)))

    return problems


OTHER = "columns/2014-03-24-cable/ja.md"

NOWHERE = {
    "text": (
        'link "../gone/en.md": there is no content/columns/gone/en.md to link to',
        "[a](../gone/en.md)",
    ),
    "Pelican's form": (
        'link "{filename}/pages/gone/en.md": there is no content/pages/gone/en.md to link to',
        "[a]({filename}/pages/gone/en.md)",
    ),
    "a language that is none": (
        'link "jp.md": there is no content/columns/2020-01-01-here/jp.md to link to',
        "[a](jp.md)",
    ),
    "file": (
        'link "gone.pdf": there is no content/columns/2020-01-01-here/gone.pdf to link to',
        "[a](gone.pdf)",
    ),
    "a name too long for the disk": (
        f'link "{"a" * 256}.pdf": there is no content/columns/2020-01-01-here/{"a" * 256}.pdf'
        " to link to",
        f"[a]({'a' * 256}.pdf)",
    ),
    "a drawing's name too long for the disk": (
        f'image "{"図" * 90}.svg": there is no file'
        f" content/columns/2020-01-01-here/{'図' * 90}.svg",
        f"![a]({'図' * 90}.svg)",
    ),
    "form": ('link "{tag}x": no such form; write {filename}../other/ja.md', "[a]({tag}x)"),
    "a form without a path": (
        'link "{filename}" names no file; write {filename}../other/ja.md',
        "[a]({filename})",
    ),
    "an image's form without a path": (
        'image "{static}" names no file; write {static}../other/ja.md',
        "![a]({static})",
    ),
    "no address": (
        'link "http://[::1/" is no address; write it as browsers show it, https://example.com/',
        "[a](http://[::1/)",
    ),
    "an image of no address": (
        'image "http://[::1/" is no address; write it as browsers show it, https://example.com/',
        "![a](http://[::1/)",
    ),
    "image": (
        'image "gone.svg": there is no file content/columns/2020-01-01-here/gone.svg',
        "![a](gone.svg)",
    ),
}


@pytest.mark.parametrize(("message", "body"), NOWHERE.values(), ids=NOWHERE)
def test_a_reference_to_nothing_is_reported(lint, message, body):
    """Links and images that lead nowhere are found before a reader does."""
    assert [Problem(PATH, 6, message)] == lint(f"first\n\n{body}")


def test_a_file_that_cannot_be_read_is_a_problem_of_the_text_that_shows_it(lint, monkeypatch):
    """A disk that fails at one text's figure hides no other text's faults."""

    def broken(*_):
        raise PermissionError("no")

    monkeypatch.setattr("typesetting.rules.Figures.has", broken)
    files = {"a.png": b"", "../2014-03-24-cable/a.png": b""}
    assert [
        Problem(PATH, 4, "cannot be checked: PermissionError: no"),
        Problem(OTHER, 4, "cannot be checked: PermissionError: no"),
    ] == lint("![a](a.png)", OTHER, files=files, body_of_others="![a](a.png)")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_link_to_either_language_leads_somewhere(lint, lang):
    """The other language counts where this one is missing, as in the build."""
    assert [] == lint(f"[a](../2014-03-24-cable/{lang}.md)", OTHER)


def test_a_heavy_image_is_reported(lint):
    """Over 300 KB a picture is too heavy for a thin line."""
    gif = b"GIF89a" + b"\x01\x00\x01\x00"
    small, heavy = gif + b"\0" * 299_990, gif + b"\0" * 299_991
    assert [] == lint("![a](a.gif)", files={"a.gif": small})
    message = 'image "a.gif": 300,001 bytes; at most 300,000, as pages are read over thin lines'
    assert [Problem(PATH, 4, message)] == lint("![a](a.gif)", files={"a.gif": heavy})


def test_a_drawing_is_reported_once_at_its_own_line(lint):
    """What an SVG may not hold is named in the SVG, however often texts show it."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">\n<script/></svg>'
    message = "<script> may not stand in a figure"
    path = "columns/2020-01-01-here/f.svg"
    body = "![a](f.svg)\n\n![b](f.svg)"
    assert [Problem(path, 2, message)] == lint(body, files={"f.svg": svg})


def test_a_broken_drawing_is_reported(lint):
    """A file that is no SVG at all is named too."""
    problems = lint("![a](f.svg)", files={"f.svg": b"<svg"})
    assert ["columns/2020-01-01-here/f.svg"] == [problem.path for problem in problems]
    assert problems[0].message.startswith("not well-formed XML")


SITE = "https://columns.example/log"


def addresses(content):
    """Yield what a site of three plugins has."""
    yield from ("/en/topics/routing/", "/en/feed.atom")
    yield from (f"/{'/'.join(text.place.address)}/" for text in content.sources)


OWN = {
    "a column that is none": ("/en/columns/nope/", False),
    "a path that is none": ("/nope", False),
    "the whole URL of nothing": (f"{SITE}/en/columns/nope/", False),
    "a draft": ("/en/columns/draft/", False),
    "a draft's file": ("../2020-02-02-draft/en.md", False),
    "a column": ("/ja/columns/cable/", True),
    "the whole URL of a column": (f"{SITE}/ja/columns/cable/#postscript", True),
    "another site": ("https://example.com/en/columns/nope/", True),
    "a list": ("/en/topics/routing/", True),
    "a list that is none": ("/en/topics/routin/", False),
    "a list without its slash": ("/en/topics/routing", False),
    "a feed": ("/en/feed.atom", True),
    "a feed of no format": ("/en/feed.xml", False),
    "a query": ("/en/topics/routing/?from=mail", True),
    "a fragment of another text": ("../2014-03-24-cable/ja.md#nope", False),
    "its postscript": ("../2014-03-24-cable/ja.md#postscript", True),
}


@pytest.mark.parametrize(("reference", "sound"), OWN.values(), ids=OWN)
def test_an_address_of_this_site_leads_to_what_readers_may_see(
    typesetter, tmp_path, reference, sound
):
    """Neither a missing text, nor one that is held back, nor a missing heading is linked to."""
    draft = parse("columns/2020-02-02-draft/en.md", "Title: d\nStatus: draft\n\nx")
    rules = rules_of(
        typesetter, ("ja", "en"), SITE, lambda text: None if text.value("status") else ALREADY
    )
    sources = (source(f"[a]({reference})"), source("## Repair\n\nx", OTHER), draft)
    problems = list(rules.overall[0](Content(tmp_path, sources, (addresses,))))
    assert sound == (problems == [])


SCHEDULE = {
    "an older column": ("2030-01-01", "", "../2014-03-24-cable/ja.md", True),
    "one that comes earlier": ("2030-01-03", "", "../2030-01-02-next/ja.md", True),
    "one that comes at the same time": ("2030-01-02", "", "../2030-01-02-next/ja.md", True),
    "one that comes later": ("2030-01-01", "", "../2030-01-02-next/ja.md", False),
    "its address": ("2030-01-01", "", "/ja/columns/next/", False),
    "a draft": ("2030-01-03", "", "../2020-02-02-draft/ja.md", False),
    "a draft, from a draft": ("2030-01-01", "draft", "../2020-02-02-draft/ja.md", True),
    "one that comes later, from a draft": ("2030-01-01", "draft", "../2030-01-02-next/ja.md", True),
}


@pytest.mark.parametrize(("day", "status", "reference", "sound"), SCHEDULE.values(), ids=SCHEDULE)
def test_a_scheduled_text_leads_to_what_is_public_when_it_is(
    typesetter, tmp_path, day, status, reference, sound
):
    """It goes live by itself, in a build that nobody watches."""
    settings = {"TYPESETTER": typesetter, "TIMEZONE": "Asia/Tokyo", "LANGUAGES": ("ja", "en")}
    rules = lint_rules({**settings, "NOW": datetime(2025, 1, 1, tzinfo=UTC)})

    def text(day, slug, status="", body="x"):
        headers = f"Date: {day}\n" + (f"Status: {status}\n" if status else "")
        return parse(f"columns/{day}-{slug}/ja.md", f"{headers}\n{body}")

    sources = (
        text("2014-03-24", "cable"),
        text("2020-02-02", "draft", "draft"),
        text("2030-01-02", "next"),
        text(day, "here", status, f"[a]({reference})"),
    )
    problems = list(rules.overall[0](Content(tmp_path, sources, (addresses,))))
    assert sound == (problems == [])


def test_an_address_that_is_none_hides_no_other_fault(rules):
    """The rest of the text is read all the same."""
    found = rules.each[0](source("[a](http://[::1/)\n\n[b](#gone)"))
    assert [Problem(PATH, 6, 'link "#gone": nothing in this text has that id')] == list(found)


def test_a_link_to_a_text_that_comes_later_says_so(typesetter, tmp_path):
    """The file is there, so that its author would look for a slip of the pen."""
    later = parse("columns/2020-02-02-later/en.md", "x")
    rules = rules_of(typesetter, ("ja", "en"), SITE, lambda text: text.date(ZoneInfo("Asia/Tokyo")))
    (problem,) = rules.overall[0](
        Content(tmp_path, (source("[a](../2020-02-02-later/en.md)"), later))
    )
    assert problem.message == (
        'link "../2020-02-02-later/en.md": content/columns/2020-02-02-later/en.md is a draft,'
        " or dated later than this text"
    )


def test_a_mistyped_address_is_answered_with_the_right_one(typesetter, tmp_path):
    """Whoever forgets a letter or the last slash is told what to write."""
    rules = rules_of(typesetter, ("ja", "en"), SITE)
    text = source("[a](/en/topics/routing)\n\n[b](/en/topic/routing/)\n\n[c](/somewhere/else/)")
    message = 'link "{}": nothing of this site lies there; {}'
    assert [
        (4, message.format("/en/topics/routing", "did you mean /en/topics/routing/?")),
        (6, message.format("/en/topic/routing/", "did you mean /en/topics/routing/?")),
        (8, message.format("/somewhere/else/", "link to a text by its file, ../<folder>/ja.md")),
    ] == [
        (problem.line, problem.message)
        for problem in rules.overall[0](Content(tmp_path, (text,), (addresses,)))
    ]


TEMPLATES = Path(__file__).parents[2] / "theme" / "templates"


def test_the_ids_of_the_page_are_those_of_its_templates():
    """An id that a template gains is one that no text may give."""
    files = (TEMPLATES / name for name in ("base.html", "column.html"))
    written = "".join(file.read_text("utf-8") for file in files)
    assert set(re.findall(r'\bid="([^"]+)"', written)) == IDS_OF_THE_TEMPLATE


def test_a_heavy_file_that_is_offered_is_reported(lint):
    """What a reader may fetch is held to the weight of a picture."""
    message = 'link "a.pcap": 300,001 bytes; at most 300,000, as pages are read over thin lines'
    assert [Problem(PATH, 4, message)] == lint("[a](a.pcap)", files={"a.pcap": b"0" * 300_001})
    assert [] == lint("[a](a.pcap)", files={"a.pcap": b"0" * 300_000})


NOTICE = "status/incidents/2020-01-01-loss/en.md"
NOTICES = {
    "script": (5, "<script> may not stand in a text; write Markdown", "a\n<script>x</script>"),
    "a link to nowhere": (
        4,
        'link "../x/en.md": there is no content/status/incidents/x/en.md to link to',
        "[a](../x/en.md)",
    ),
    "an image": (4, "an image may not stand in a notice; put it into a column", "![a](f.svg)"),
    "a footnote": (4, "a footnote or an id may not stand in a notice", "a[^1]\n\n[^1]: b"),
}


@pytest.mark.parametrize(("line", "message", "body"), NOTICES.values(), ids=NOTICES)
def test_a_notice_is_a_text_like_any_other_and_words_only(rules, tmp_path, line, message, body):
    """What a plugin reads itself is held to the same rules, and to being readable anywhere."""
    notice = parse_at(NOTICE, Place("2020-01-01", "loss", "en"), f"{HEADERS}{body}")
    (check,) = rules.overall
    told = [
        p for p in check(Content(tmp_path, (), notices=(notice,))) if p.message.startswith(message)
    ]
    assert [(NOTICE, line)] == [(problem.path, problem.line) for problem in told]
