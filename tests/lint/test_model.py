"""What the lint says of a file whose reader tells no line."""

import pytest

from lint.model import line_in_toml

TOML = """\
# first
[dns]
ja = "x"

["big things"]
ja = "x"

[[routes]]
id = "a"
source = "x"

  [[routes]]
id = "b"

[[routes]]
id = "c"
source = "y"
thresholds = { loss = 60 }
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (2, "[dns]: has no name in en"),
        (5, "[big things]: a slug is a-z"),
        (1, "[gone]: is no table"),
        (8, "routes[0]: is missing"),
        (10, "routes[0].source: no such"),
        (12, "routes[1].source: is missing"),
        (18, "routes[2].thresholds.loss: 60 is not a ratio"),
        (1, "routes[3].id: x"),
        (1, "palette: unknown key"),
        (4, "Expected ']' at the end of a table declaration (at line 4, column 5)"),
    ],
)
def test_a_fault_in_a_table_is_put_on_its_line(line, message):
    """An entry's fault stands at its key, or else where the entry begins."""
    assert line == line_in_toml(TOML, message)
