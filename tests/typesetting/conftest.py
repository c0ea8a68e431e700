import pytest

from typesetting.markdown import Typesetter

OPTIONS = {
    "extensions": ["attr_list", "sane_lists", "tables", "footnotes"],
    "extension_configs": {"fenced_code": {}},
    "output_format": "html",
}


@pytest.fixture(scope="session")
def typesetter() -> Typesetter:
    return Typesetter(OPTIONS)


@pytest.fixture(scope="session")
def typeset(typesetter):
    return typesetter.typeset
