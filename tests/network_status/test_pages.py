"""The pages of the status, printed by the real templates."""

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html

from network_status.documents import status_document
from network_status.incidents import Stage, Update
from network_status.model import HOUR_S, Event, Notice, State
from network_status.pages import Pages
from tests.builders import ROOT, binder
from tests.network_status.pictures import (
    NOW,
    PAGE,
    all_words,
    hours,
    lost,
    named,
    network,
    picture,
    report,
    route,
)

TWO = network(route("tokyo-shanghai"), route("shanghai-tokyo", key=False))
SCRIPT = "refresh()"


@pytest.fixture(scope="module")
def templates():
    return Environment(
        loader=FileSystemLoader(Path(ROOT, "theme", "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@pytest.fixture
def printed(templates):
    """Print every page of a picture: path → parsed document."""

    def printed(of):
        bodies = {text: f"<p>{text}</p>" for one in of.reports for u in one.updates
                  for text in u.texts.values()}  # fmt: skip
        pages = Pages(of, all_words(of.network), binder(), bodies, {}, SCRIPT)
        return {
            sheet.path: html.fromstring(
                templates.get_template(f"{sheet.template}.html").render(sheet.values)
            )
            for sheet in pages.sheets()
        }

    return printed


def said(page, id_):
    return page.get_element_by_id(id_).text_content()


def test_each_language_has_an_overview_and_a_page_for_each_route_and_report(printed):
    found = printed(picture(of=TWO, reports=(report(),)))
    assert {
        f"{lang}/status/{path}index.html" for lang in ("ja", "en")
        for path in ("", "tokyo-shanghai/", "shanghai-tokyo/", "incidents/2024-06-20-loss/")
    } == found.keys()  # fmt: skip


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", ["", "tokyo-shanghai/"])
def test_what_a_page_says_is_what_status_json_says(printed, lang, path):
    of = picture(of=TWO, past={"tokyo-shanghai": hours(3)})
    texts = status_document(of, all_words(TWO), PAGE)["texts"][lang]
    page = printed(of)[f"{lang}/status/{path}index.html"]
    live = {element.get("id"): element.text_content() for element in page.xpath("//*[@data-live]")}
    assert live
    assert live == {name: texts[name] for name in live}


@pytest.mark.parametrize(
    ("expected", "measured"),
    [
        ("operational", lost(*(0,) * 12)),
        ("outage", lost(*(0,) * 12, 100, 100)),
        ("degraded", lost(*(0,) * 12, 12, 12, 12)),
        ("unknown", lost(*(0,) * 12, None, None, None)),
        ("unknown", []),
    ],
    ids=["operational", "outage", "degraded", "stale", "no data"],
)
def test_a_page_shows_the_state_in_words_and_shape(printed, expected, measured):
    page = printed(picture({"tokyo-shanghai": measured}))["en/status/index.html"]
    for id_ in ("headline", "r-tokyo-shanghai", "g-east"):
        assert expected == page.get_element_by_id(id_).get("data-state")
    assert expected in said(page, "r-tokyo-shanghai").lower()


def test_taking_anything_away_never_shows_green(printed):
    of = network(controls=("tokyo",))
    whole = {"tokyo-shanghai": lost(*(0,) * 12), "tokyo-control": lost(*(0,) * 12)}
    cuts = [{name: [] for name in gone} for gone in (
        ("tokyo-shanghai",), ("tokyo-control",), ("tokyo-shanghai", "tokyo-control"),
    )]  # fmt: skip
    cuts += [{name: whole[name][:-3]} for name in whole]
    for cut in cuts:
        pages = printed(picture({**whole, **cut}, of=of))
        states = {
            element.get("data-state")
            for page in pages.values()
            for element in page.xpath("//*[@data-live and @data-state]")
        }
        assert {"unknown"} == states, cut


def test_every_state_says_when_it_ends(printed):
    page = printed(picture())["ja/status/index.html"]
    ends = {element.get("data-until") for element in page.xpath("//*[@data-until]")}
    assert {str(NOW + 900)} == ends


def test_a_sample_says_so_and_asks_search_engines_to_stay_away(printed):
    pages = printed(picture(of=TWO, reports=(report(),)))
    assert {"noindex"} == {p.xpath("string(//meta[@name='robots']/@content)")
                           for p in pages.values()}  # fmt: skip
    for path, page in pages.items():
        banner = "これは見本です" if path.startswith("ja/") else "This is a sample"
        assert banner in page.text_content()


def test_a_page_allows_the_one_script_that_it_carries():
    pages = Pages(picture(), all_words(), binder(), {}, {}, SCRIPT)
    sheets = {sheet.template: sheet.scripts for sheet in pages.sheets()}
    assert {"status": (SCRIPT,), "status_route": (SCRIPT,)} == sheets


def test_each_chart_has_its_figures_in_a_table(printed):
    of = picture(past={"tokyo-shanghai": hours(100)})
    page = printed(of)["en/status/tokyo-shanghai/index.html"]
    (one,) = of.routes
    rows = [len(table.xpath(".//tbody/tr")) for table in page.xpath("//table[caption]")]
    assert [len(chart.points) for chart in one.charts] == rows


def test_a_step_without_measurements_says_so_and_shows_no_zero(printed):
    page = printed(picture({"tokyo-shanghai": lost(0, None)}))
    rows = page["en/status/tokyo-shanghai/index.html"].xpath("(//table)[1]/tbody/tr")
    assert "not measured" in rows[-1].text_content()
    assert "0%" in rows[-2].text_content()


def test_ids_are_unique_on_every_page(printed):
    for page in printed(picture(of=TWO, reports=(report(),))).values():
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))


def test_drawings_are_named_by_elements_of_the_page(printed):
    for page in printed(picture(of=TWO)).values():
        for labels in page.xpath("//svg/@aria-labelledby"):
            assert all(page.xpath(f"//*[@id='{label}']") for label in labels.split())


def test_open_notices_stand_first_and_closed_ones_last(printed):
    over = report(
        slug="2024-06-01-old",
        notice=Notice("o", frozenset({"tokyo-shanghai"}), State.DEGRADED, NOW - 90000, NOW - 87000),
        updates=(Update(NOW - 90000, Stage.RESOLVED, named("終", "Over")),),
    )
    page = printed(picture(reports=(report(), over)))["en/status/index.html"]
    order = [a.get("href") for a in page.xpath("//article//h3/a")]
    assert ["/en/status/incidents/2024-06-20-loss/", "/en/status/incidents/2024-06-01-old/"] == (
        order
    )


def test_reported_mended_and_measured_broken_are_both_shown(printed):
    mended = report(
        notice=Notice(
            "m", frozenset({"tokyo-shanghai"}), State.OUTAGE, NOW - 2 * HOUR_S, NOW - HOUR_S
        ),
        updates=(Update(NOW - HOUR_S, Stage.RESOLVED, named("復旧", "Over")),),
    )
    measured = {"tokyo-shanghai": lost(*(0,) * 12, 100, 100)}
    page = printed(picture(measured, reports=(mended,)))["en/status/index.html"]
    text = " ".join(page.text_content().split())
    assert "The report says “Resolved”, but the probes still measure “Outage” on: tokyo" in text
    assert "outage" == page.get_element_by_id("headline").get("data-state")


def test_an_update_in_the_other_language_is_marked(printed):
    only = report(updates=(Update(NOW - 60, Stage.INVESTIGATING, {"ja": "調査中です"}),))
    page = printed(picture(reports=(only,)))["en/status/incidents/2024-06-20-loss/index.html"]
    (text,) = page.xpath("//div[@lang='ja']")
    assert "調査中です" == text.text_content().strip()
    assert "In Japanese only" in page.text_content()


def test_the_log_of_a_route_is_newest_first(printed):
    events = (
        Event("tokyo-shanghai", NOW - 7200, State.OPERATIONAL, State.DEGRADED, None),
        Event("tokyo-shanghai", NOW - 3600, State.DEGRADED, State.OPERATIONAL, None),
    )
    page = printed(picture(events=events))["en/status/tokyo-shanghai/index.html"]
    told = [item.text_content().split(" 2")[0].strip() for item in
            page.xpath("//ol[@class='status-events']/li")]  # fmt: skip
    assert ["Degraded → Operational", "Operational → Degraded"] == told


def test_a_failing_source_is_named_on_the_overview(printed):
    page = printed(picture(failing=(("sample", "slow: no answer"),)))["en/status/index.html"]
    assert "Source “sample” has not answered since" in page.text_content()
