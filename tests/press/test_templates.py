"""Templates stay compiled from run to run, and are compiled anew where they changed."""

import pytest

from press.templates import templates_of


@pytest.fixture
def theme(tmp_path):
    (tmp_path / "templates").mkdir()
    return tmp_path


def printed(theme, cache, **values):
    return templates_of(theme, cache).get_template("page.html").render(values)


def write(theme, text):
    (theme / "templates" / "page.html").write_text(text)


def test_a_changed_template_is_seen(theme, tmp_path):
    for text in ("one", "two"):
        write(theme, text)
        assert text == printed(theme, tmp_path / "cache")


def test_what_is_compiled_is_used_again(theme, tmp_path):
    write(theme, "{{ word }}")
    printed(theme, tmp_path / "cache", word="a")
    (file,) = (tmp_path / "cache" / "templates").iterdir()
    before = file.stat().st_mtime_ns
    assert "&lt;" == printed(theme, tmp_path / "cache", word="<")
    assert before == file.stat().st_mtime_ns


@pytest.mark.parametrize(
    "damage", [lambda d: d[:-1], lambda d: d[:70], lambda d: d[:-9] + b"123456789", lambda d: d[:0]]
)
def test_what_is_damaged_is_compiled_anew(theme, tmp_path, damage):
    """Bytecode that is not ours would run as it is."""
    write(theme, "word {{ word }}")
    printed(theme, tmp_path / "cache", word=1)
    (file,) = (tmp_path / "cache" / "templates").iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert "word 2" == printed(theme, tmp_path / "cache", word=2)
