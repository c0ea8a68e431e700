import pytest

from typesetting.svg import FigureError, inline_svg

OPEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' viewBox="0 0 4 3">'
)


def inline(content, *, opening=OPEN, closing="</svg>", label="図"):
    return inline_svg(f"{opening}{content}{closing}".encode(), label=label, prefix="p-")


def drawn(content):
    markup = inline(content).markup
    return markup.removeprefix('<svg viewBox="0 0 4 3" role="img" aria-label="図">').removesuffix(
        "</svg>"
    )


KEPT = {
    "shapes": ('<path d="M0 0H4" opacity=".2"/>', '<path d="M0 0H4" opacity=".2"></path>'),
    "text": ('<text x="1">a &lt; <tspan>b</tspan> c</text>',) * 2,
    "the accent": ('<g class="accent"><circle r="1"/></g>',) * 2,
    "white space between shapes goes": ('<g><rect/><rect/></g>', "<g>\n  <rect/>\n <rect/></g>\n"),
    "white space in text is one space": ("<text>a b</text>", "<text>a\n   b</text>"),
    "a full-width space is a character": ("<text>迂回路　往復</text>",) * 2,
    "comments go": ("<rect/>", "<!-- drawn by hand --><rect/>"),
    "ids and what refers to them": (
        '<defs><marker id="p-m"/></defs><path marker-end="url(#p-m)" fill="url(#p-f)"/>'
        '<use href="#p-m"/>',
        '<defs><marker id="m"/></defs><path marker-end="url(#m)" fill="url(\'#f\')"/>'
        '<use xlink:href="#m"/>',
    ),
    "page colours": ('<path fill="none" stroke="currentColor"/>',) * 2,
}  # fmt: skip


@pytest.mark.parametrize(("expected", "content"), KEPT.values(), ids=KEPT)
def test_what_draws_is_kept_in_few_bytes(expected, content):
    """A drawing in the house form loses nothing but white space and comments."""
    assert expected == drawn(content)
    assert () == inline(content).dropped


DROPPED = {
    "script": ("", "<script>", "<script>alert(1)</script>"),
    "style element": ("", "<style>", "<style>*{color:red}</style>"),
    "foreignObject": (
        "",
        "<foreignObject>",
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    ),
    "image": ("", "<image>", '<image href="https://example.com/x.png"/>'),
    "animation": ("<rect/>", "<set>", '<rect><set attributeName="href" to="x"/></rect>'),
    "nested svg": ("", "<svg>", "<svg><rect/></svg>"),
    "foreign namespace": ("", "<path>", '<path xmlns="http://example.com/"/>'),
    "event handler": ("<rect/>", 'onclick="x()"', '<rect onclick="x()"/>'),
    "style attribute": ("<rect/>", 'style="fill:red"', '<rect style="fill:red"/>'),
    "named font": ("<text>a</text>", 'font-family="Arial"', '<text font-family="Arial">a</text>'),
    "link out": ("<use/>", 'href="x.svg#a"', '<use href="x.svg#a"/>'),
    "xlink out": ("<use/>", 'href="data:,x"', '<use xlink:href="data:,x"/>'),
    "url out": ("<rect/>", 'fill="url(x.svg#a)"', '<rect fill="url(x.svg#a)"/>'),
    "an escaped url": (
        "<rect/>",
        r'clip-path="u\72l(http://evil/#a)"',
        r'<rect clip-path="u\72l(http://evil/#a)"/>',
    ),
    "another class": ("<rect/>", 'class="big accent"', '<rect class="big accent"/>'),
    "a colour of its own": (
        '<rect fill="currentColor"/>',
        'fill="#f00" (only currentColor and none follow the page)',
        '<rect fill="#f00"/>',
    ),
    "processing instruction": ("", "<?xml-stylesheet?>", '<?xml-stylesheet href="x.css"?>'),
}


@pytest.mark.parametrize(("expected", "what", "content"), DROPPED.values(), ids=DROPPED)
def test_what_may_run_load_or_style_is_dropped_and_named(expected, what, content):
    """A figure can do nothing but draw; whatever else it holds is reported."""
    assert expected == drawn(content)
    assert [what] == [dropped.what for dropped in inline(content).dropped]


def test_a_report_names_the_line():
    """Staff find what was dropped by its line in the file."""
    assert [3] == [dropped.line for dropped in inline("\n<g/>\n<script/>").dropped]


def test_entities_are_never_expanded():
    """A bomb of entities stays small and a file of the machine stays unread."""
    doctype = '<!DOCTYPE svg [<!ENTITY a "boom"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    figure = inline("<text>&a;&f;</text>", opening=doctype + OPEN)
    assert "<text/>" in figure.markup
    assert ["a DOCTYPE", "&a;", "&f;"] == [dropped.what for dropped in figure.dropped]


def test_alt_text_is_the_label():
    """The author's words are what a screen reader says."""
    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in inline("", label='a "b" <c>').markup
    assert "aria-label" not in inline("", label="").markup


SIZES = {
    "viewBox wins": ("0 0 4 3", 'viewBox="0 0 4 3" width="400" height="300"'),
    "commas": ("0 0 4 3", 'viewBox="0,0, 4,3"'),
    "from width and height": ("0 0 400 300.5", 'width="400px" height="300.5"'),
}


@pytest.mark.parametrize(("box", "attributes"), SIZES.values(), ids=SIZES)
def test_proportions_come_from_the_view_box(box, attributes):
    """A figure has no size of its own, only its proportions."""
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>'
    figure = inline("", opening=opening)
    assert f'<svg viewBox="{box}" role="img" aria-label="図"></svg>' == figure.markup
    assert () == figure.dropped


def test_a_figure_without_proportions_is_reported():
    """Without viewBox the drawing could not be scaled."""
    figure = inline("", opening='<svg xmlns="http://www.w3.org/2000/svg">')
    assert ['no viewBox; write one, such as viewBox="0 0 400 240"'] == [
        dropped.what for dropped in figure.dropped
    ]


@pytest.mark.parametrize("box", ["a b", "0 0 -1 0", "0 0 4 0", "0 0 4", "0 0 nan inf", "0 0 1 1 1"])
def test_a_view_box_is_four_numbers(box):
    """A box that no browser could draw in is named, and the message is a sentence."""
    figure = inline("", opening=f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">')
    assert "viewBox" not in figure.markup
    assert [
        f'viewBox="{box}" is no box; write four numbers, the last two above 0:'
        ' viewBox="0 0 400 240"'
    ] == [dropped.message for dropped in figure.dropped]


def test_what_use_repeats_is_counted():
    """A few lines that make a browser draw millions of shapes are no figure."""
    bomb = '<g id="a0"><rect/></g>' + "".join(
        f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 8)
    )
    with pytest.raises(FigureError, match="elements to draw are too many; at most 5,000"):
        inline(bomb)
    assert inline('<g id="a"><rect/></g><use href="#a"/><use href="#a"/>').dropped == ()


@pytest.mark.parametrize("circle", ['<use id="a" href="#a"/>', '<g id="a"><use href="#a"/></g>'])
def test_use_never_repeats_itself(circle):
    """A circle has no end to draw."""
    with pytest.raises(FigureError, match="within itself"):
        inline(circle)


def test_a_long_chain_of_use_is_refused():
    """What no programme could follow to its end is no figure."""
    chain = '<rect id="a0"/>' + "".join(
        f'<use id="a{n}" href="#a{n - 1}"/>' for n in range(1, 1500)
    )
    with pytest.raises(FigureError, match="too deeply"):
        inline(f'<use href="#a1499"/>{chain}')


def test_no_declaration_and_no_namespace_is_left():
    """Inside HTML neither means anything; both cost bytes."""
    figure = inline("<rect/>", opening=f'<?xml version="1.0" encoding="utf-8"?>\n{OPEN}')
    assert "xml" not in figure.markup


NO_FIGURES = {
    "not XML": ("not well-formed XML", b"<svg"),
    "HTML": ("not an SVG", b"<html/>"),
    "no namespace": ("not an SVG", b"<svg/>"),
    "too large": ("70,000 bytes are too many", b" " * 70_000),
    "empty": ("not well-formed XML", b""),
}


@pytest.mark.parametrize(("message", "data"), NO_FIGURES.values(), ids=NO_FIGURES)
def test_a_file_that_is_no_figure_is_refused(message, data):
    """The message says what the file is instead."""
    with pytest.raises(FigureError, match=message):
        inline_svg(data, label="", prefix="")
