import pytest

FIGURES = {
    "with caption": (
        '<figure><img alt="図" src="f.svg"><figcaption>説明 &lt;1</figcaption></figure>',
        '![図](f.svg "説明 <1")',
    ),
    "without": ('<figure><img alt="図" src="f.svg"></figure>', "![図](f.svg)"),
    "by reference": (
        '<figure><img alt="図" src="f.svg"><figcaption>c</figcaption></figure>',
        '![図][f]\n\n[f]: f.svg "c"',
    ),
    "wrapped alt": (
        '<figure><img alt="長い説明 of it" src="f.svg"></figure>',
        "![長い\n説明\nof it](f.svg)",
    ),
}  # fmt: skip

INLINE = {
    "text before": ('<p>a <img alt="x" src="f.svg" title="t"></p>', 'a ![x](f.svg "t")'),
    "text behind": ('<p><img alt="x" src="f.svg" title="t"> b</p>', '![x](f.svg "t") b'),
}


@pytest.mark.parametrize(("expected", "source"), FIGURES.values(), ids=FIGURES)
def test_an_image_alone_is_a_figure(typeset, expected, source):
    """An image on a line of its own is a figure, its title the caption below it."""
    assert expected == typeset(source)


@pytest.mark.parametrize(("expected", "source"), INLINE.values(), ids=INLINE)
def test_an_image_in_a_sentence_stays_there(typeset, expected, source):
    """An image with words around it is no figure."""
    assert expected == typeset(source)


def test_two_images_are_no_figure(typeset):
    """A caption could not tell which one it means."""
    assert "<figure>" not in typeset("![a](a.svg) ![b](b.svg)")
