"""The made-up site that the benchmark builds. Nothing here is timed."""

import subprocess
import sys

import pytest

from bench.build import OURS, STOCK, build, clear
from bench.corpus import LANGUAGES, ROOT, edit, folder_of, make_site

COLUMNS = 20


def files_below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    make_site(folder, COLUMNS)
    return folder


def test_a_site_is_made_alike_each_time(site, tmp_path):
    make_site(tmp_path, COLUMNS)
    assert files_below(site / "content") == files_below(tmp_path / "content")


def test_a_larger_site_holds_the_smaller_one(site, tmp_path):
    """So that the cost of one more column is the cost of that column."""
    make_site(tmp_path, COLUMNS + 5)
    assert files_below(site / "content").items() <= files_below(tmp_path / "content").items()


def test_the_columns_are_of_the_length_of_real_ones(site):
    lengths = [path.stat().st_size for path in (site / "content" / "columns").glob("*/*.md")]
    assert 2 * COLUMNS == len(lengths)
    assert 2_500 < sum(lengths) / len(lengths) < 3_500


def test_the_corpus_passes_the_lint(site):
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'plugins')!r}); from lint.run import main\n"
    code += f"sys.exit(main({str(site / 'pelicanconf.py')!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603  ours
    assert (0, "0 problems in content/\n") == (done.returncode, done.stderr)


def test_both_builds_make_a_page_of_every_column_in_every_language(site):
    expected = {f"{lang}/{folder}" for lang in LANGUAGES for folder in map(slug_of, range(COLUMNS))}
    for builder in (OURS, STOCK):
        clear(site)
        build(builder, site)
        assert expected == column_pages(site / "output"), builder.name


def test_an_edit_changes_one_text(site):
    before = files_below(site / "content")
    edit(site, 3, "again")
    after = files_below(site / "content")
    assert {f"{folder_of(3)}/ja.md"} == {name for name in after if after[name] != before[name]}


def slug_of(number):
    return folder_of(number).removeprefix("columns/").split("-", 3)[3]


def column_pages(output):
    pages = output.glob("*/columns/*/index.html")
    found = (page.parent.relative_to(output) for page in pages)
    return {f"{path.parts[0]}/{path.name}" for path in found if not path.name.isdigit()}
