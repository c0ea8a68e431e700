"""An image that stands alone in its paragraph is a figure; its title is the caption."""

import xml.etree.ElementTree as etree

from markdown.treeprocessors import Treeprocessor

from typesetting.soft_breaks import join_soft_breaks


class StandingImages(Treeprocessor):
    """Turns `![alt](file "caption")` on a line of its own into a figure."""

    def run(self, root: etree.Element) -> None:
        """Rewrite the paragraphs that hold one image and nothing else."""
        for image in root.iter("img"):
            if "\n" in (alt := image.get("alt", "")):
                image.set("alt", join_soft_breaks(alt).replace("\n", " "))
        for paragraph in root.iter("p"):
            if _holds_only_an_image(paragraph):
                _make_figure(paragraph)


def _holds_only_an_image(paragraph: etree.Element) -> bool:
    if len(paragraph) != 1 or paragraph[0].tag != "img":
        return False
    return not f"{paragraph.text or ''}{paragraph[0].tail or ''}".strip()


def _make_figure(paragraph: etree.Element) -> None:
    paragraph.tag = "figure"
    paragraph.text = paragraph[0].tail = None
    if caption := paragraph[0].attrib.pop("title", ""):
        etree.SubElement(paragraph, "figcaption").text = caption
