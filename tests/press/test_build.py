"""A build says everything that went wrong, once, and fails; else it is whole and repeatable."""

import fcntl
import re

import pytest


def test_a_build_writes_whole_pages(site):
    done = site.build()
    assert (0, "") == (done.returncode, done.stderr)
    assert ["ja/cable-fault/index.html", "ja/night-backup/index.html"] == sorted(site.output())
    page = site.output()["ja/cable-fault/index.html"].decode()
    assert "<h1>海底ケーブル</h1>\n<div><p>本文 &amp; <b>a</b>。</p></div>" in page
    assert "Content-Security-Policy" in page


def test_templates_escape_what_they_print(site):
    site.column("cable-fault", "<i>題</i>")
    site.build()
    assert b"<h1>&lt;i&gt;" in site.output()["ja/cable-fault/index.html"]


def test_sheets_and_files_of_other_plugins_are_written(site):
    site.plugin("""
from pathlib import Path


def add(generators):
    context = generators[0].context
    context["sheets"].append(Sheet("sitemap.xml", "sitemap.xml", {"address": "/ja/?a&b"}))
    context["files"]["robots.txt"] = b"User-agent: *\\n"
    context["files"]["assets/figure.png"] = Path("figure.png")


_register = register


def register():
    _register()
    signals.all_generators_finalized.connect(add)
""")
    (site.root / "figure.png").write_bytes(b"\x89PNG")
    assert site.build().stderr == ""
    assert site.output()["robots.txt"] == b"User-agent: *\n"
    assert site.output()["assets/figure.png"] == b"\x89PNG"
    assert site.output()["sitemap.xml"] == b"<urlset>\n  <url>/ja/?a&amp;b</url>\n</urlset>"


def test_two_builds_give_the_same_bytes_and_the_second_touches_nothing(site):
    site.build()
    pages = site.root / "output/ja"
    before = {path: path.stat().st_ino for path in pages.rglob("*")}
    first = site.output()
    site.build()
    assert first == site.output()
    assert before == {path: path.stat().st_ino for path in pages.rglob("*")}


def test_a_page_whose_source_is_gone_is_removed(site):
    site.build()
    (site.root / "content/columns/night-backup.md").unlink()
    site.build()
    assert ["ja/cable-fault/index.html"] == sorted(site.output())
    assert not (site.root / "output/ja/night-backup").exists()


def test_two_columns_at_one_address_name_both_files(site):
    site.column("other", body="別。")
    path = site.root / "content/columns/other.md"
    path.write_text(path.read_text().replace("Slug: other", "Slug: cable-fault\nLang: fr"))
    done = site.build()
    assert done.returncode == 1
    assert done.stderr in {
        f"ja/cable-fault/index.html: taken twice, by content/columns/{first}.md and by "
        f"content/columns/{second}.md; give one of them another address\n"
        for first, second in (("cable-fault", "other"), ("other", "cable-fault"))
    }


TEMPLATE_FAULTS = {
    "an undefined name": ("<p>\n{{ titel }}</p>", "column.html:3: 'titel' is undefined"),
    "an undefined attribute": (
        "{{ title.x }}", "column.html:2: 'str object' has no attribute 'x'",
    ),
    "a syntax error": ("{% if %}", "column.html:2: Expected an expression, got"),
    "a missing part": ('{% include "gone.html" %}', "column.html:2: no template gone.html"),
    "an error in code": ("\n\n{{ 1 // 0 }}", "column.html:4: ZeroDivisionError: integer division"),
}  # fmt: skip


@pytest.mark.parametrize(("main", "message"), TEMPLATE_FAULTS.values(), ids=TEMPLATE_FAULTS)
def test_a_template_error_is_one_line_with_its_place(site, main, message):
    site.write(
        "theme/templates/column.html",
        f'{{% extends "base.html" %}}\n{{% block main %}}{main}{{% endblock %}}',
    )
    done = site.build()
    assert done.returncode == 1
    assert done.stderr.startswith(f"theme/templates/{message}")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stdout + done.stderr


def test_a_template_error_names_the_page_that_showed_it(site):
    site.write("theme/templates/base.html", "<style></style>{{ titel }}")
    message = "'titel' is undefined (while printing ja/cable-fault/index.html)\n"
    assert site.build().stderr.endswith(message)


BREAKAGE = {
    "missing": ("", "Cannot load plugin `gone`\n  Cannot import plugin `gone`\n"),
    "import": ("import gone_from_here", "No module named 'gone_from_here'"),
    "syntax": ("def register(:", "SyntaxError: invalid syntax"),
    "register": (
        "def register():\n    raise ValueError('no')",
        "Cannot register plugin `gone`\n  ValueError: no\n",
    ),
}


@pytest.mark.parametrize(("code", "message"), BREAKAGE.values(), ids=BREAKAGE)
def test_a_plugin_that_does_not_load_fails_the_build(site, code, message):
    if code:
        site.write("plugins/gone.py", code)
    done = site.build('PLUGINS=["gone", "pages_of_test", "press"]')
    assert done.returncode == 1
    assert message in done.stderr
    assert {} == site.output()


def test_every_fault_is_told_once_and_nothing_is_swept(site):
    site.build()
    (site.root / "content/columns/night-backup.md").unlink()
    site.column("cable-fault", "新しい題")
    site.plugin("""
def complain(generators):
    log = logging.getLogger("lint")
    log.error("content/a.md:1: one %s", "x" * 200)
    log.error("content/b.md:2: two")
    log.error("content/b.md:2: two")
    log.warning("not so bad")


_register = register


def register():
    _register()
    signals.all_generators_finalized.connect(complain)
""")
    done = site.build()
    assert done.returncode == 1
    assert done.stderr == f"content/a.md:1: one {'x' * 200}\ncontent/b.md:2: two\n"
    assert "content/b.md" not in done.stdout
    assert "not so bad" in done.stdout
    assert "新しい題" in site.output()["ja/cable-fault/index.html"].decode()
    assert "ja/night-backup/index.html" in site.output()
    quiet = site.build(arguments=["-q"])
    assert (done.returncode, done.stderr) == (quiet.returncode, quiet.stderr)


COMPLAINT = """
def complain(generators):
    logging.getLogger("x").{level}("content/a.md:1: wrong")


_register = register


def register():
    _register()
    signals.all_generators_finalized.connect(complain)
"""


@pytest.mark.parametrize(
    ("level", "setting"), [("error", "PUBLIC=true"), ("warning", "STRICT_WARNINGS=true")]
)
def test_a_public_build_with_a_fault_changes_nothing(site, level, setting):
    site.build()
    before = site.output()
    site.column("cable-fault", "新しい題")
    site.plugin(COMPLAINT.format(level=level))
    done = site.build("PUBLIC=true", setting)
    assert (1, "content/a.md:1: wrong\n") == (done.returncode, done.stderr)
    assert before == site.output()


def test_a_warning_alone_fails_no_build(site):
    site.plugin(COMPLAINT.format(level="warning"))
    assert site.build("PUBLIC=true").returncode == 0


def test_a_preview_tells_faults_and_stands(site):
    site.plugin(COMPLAINT.format(level="error"))
    done = site.build("LINT_REPORT=true")
    assert (0, "content/a.md:1: wrong\n") == (done.returncode, done.stderr)
    assert "ja/cable-fault/index.html" in site.output()


def test_an_exception_of_a_plugin_says_where(site):
    site.plugin("""
def stumble(generators):
    {}["where"]


_register = register


def register():
    _register()
    signals.all_generators_finalized.connect(stumble)
""")
    done = site.build()
    assert done.returncode == 1
    assert done.stderr.startswith("KeyError: 'where'\n")
    assert re.search(r"plugins/pages_of_test\.py:\d+ in stumble\n$", done.stderr)
    assert "Traceback" not in done.stdout + done.stderr


def test_a_column_that_cannot_be_read_says_why(site):
    site.write("content/columns/broken.md", "Title: x\nDate: never\n\nbody\n")
    done = site.build()
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Could not process columns/broken.md\n  ValueError: 'never' is not"
    )


def test_a_foreign_output_folder_is_refused_in_one_line(site):
    site.write("output/thesis.txt", "ten years")
    done = site.build()
    assert done.returncode == 1
    assert "output: holds files that no build of ours wrote" in done.stderr
    assert done.stderr.count("\n") == 1
    assert {"thesis.txt": b"ten years"} == site.output()


def test_broken_css_is_told_before_the_output_changes(site):
    site.build()
    before = site.output()
    site.column("cable-fault", "新しい題")
    site.write("theme/static/css/base.css", "p { color red }")
    done = site.build()
    assert re.fullmatch(r"\S+/theme/static/css/base\.css: is no CSS .*\n", done.stderr)
    assert (1, before) == (done.returncode, site.output())


def test_pelicans_own_pages_are_refused(site):
    """A plugin that lets Pelican write a page beside the sheets is told which."""
    site.plugin("""
def keep_path(generator, metadata):
    metadata["save_as"] = "ja/stray.html"


_register = register


def register():
    _register()
    signals.article_generator_context.connect(keep_path)
""")
    reason = r"Pelican would write ja/stray\.html; only sheets are printed"
    assert re.match(rf"content/columns/\S+\.md: {reason}", site.build().stderr)


TWICE = """
def add(generators):
    sheets = generators[0].context["sheets"]
    sheets.append(Sheet("ja/cable-fault/index.html", "column", {}, "content/a.md"))
    sheets.append(Sheet("ja/night-backup/index.html", "column", {}, "content/b.md"))


_register = register


def register():
    _register()
    signals.all_generators_finalized.connect(add)
"""


@pytest.mark.parametrize("settings", [[], ["PUBLIC=true"]], ids=["desk", "public"])
def test_what_shows_only_in_printing_is_told_at_once_and_changes_nothing(site, settings):
    """Neither a path taken twice nor a broken template leaves half a site."""
    site.build()
    before = site.output()
    site.column("cable-fault", "新しい題")
    site.write("theme/templates/broken.html", "{{ titel }}")
    site.plugin(
        TWICE
        + """
_make = make_sheets


def make_sheets(generators):
    _make(generators)
    generators[0].context["sheets"].append(Sheet("zz.html", "broken", {}))
"""
    )
    done = site.build(*settings)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "theme/templates/broken.html:1: 'titel' is undefined (while printing zz.html)",
        "ja/cable-fault/index.html: taken twice, by content/columns/cable-fault.md and by "
        "content/a.md; give one of them another address",
        "ja/night-backup/index.html: taken twice, by content/columns/night-backup.md and by "
        "content/b.md; give one of them another address",
    ]
    assert site.output() == before


def test_a_file_to_publish_that_is_gone_changes_nothing(site):
    site.build()
    before = site.output()
    site.column("cable-fault", "新しい題")
    lines = """
    from pathlib import Path
    generators[0].context["files"]["a.png"] = Path("gone.png")
"""
    site.plugin(re.sub(r"\n    sheets = .*?\n\n", lines, TWICE, flags=re.DOTALL))
    done = site.build()
    assert (1, True) == (done.returncode, "gone.png" in done.stderr)
    assert site.output() == before


def test_in_a_preview_the_first_keeps_an_address_taken_twice(site):
    site.plugin(TWICE)
    done = site.build("LINT_REPORT=true")
    assert done.returncode == 0
    assert done.stderr.count("taken twice") == 2
    assert "海底ケーブル" in site.output()["ja/cable-fault/index.html"].decode()


def test_a_template_error_fails_a_preview_too(site):
    site.write("theme/templates/base.html", "<style></style>{{ titel }}")
    assert site.build("LINT_REPORT=true").returncode == 1


def test_two_builds_at_once_do_not_break_each_other(site):
    site.build()
    before = site.output()
    with (site.root / "output/.atogaki").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        site.column("cable-fault", "新しい題")
        done = site.build()
    folder = site.root / "output"
    message = f"another build is writing {folder}; wait for it to end\n"
    assert (1, message) == (done.returncode, done.stderr)
    assert site.output() == before
    assert site.build().returncode == 0


def test_a_complete_message_is_told_without_frames(site):
    """A fault meant for staff names file, fault and cure; where in our code helps nobody."""
    site.plugin("""
class TopicError(Exception):
    complete = True


def stumble(generators):
    raise TopicError("content/topics.toml: dns lacks a name\\ncontent/topics.toml: so does mail")


_register = register


def register():
    _register()
    signals.all_generators_finalized.connect(stumble)
""")
    done = site.build()
    told = "content/topics.toml: dns lacks a name\n  content/topics.toml: so does mail\n"
    assert (1, told) == (done.returncode, done.stderr)
