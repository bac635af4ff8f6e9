"""Both kinds of file: the same bytes on the same day, no customer's id, and numbers that are the memo's."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pptx import Presentation

from churn_core.errors import DataError
from churn_core.formats import money
from churn_core.live import thinned as limits
from churn_core.report import page
from churn_core.report.document import KINDS, kind_of
from tests.report.test_memo import OFFERS

FIRST, LAST = ("Annegret", "Björn", "Xochitl", "Qadir"), ("Ølgaard", "Nakamura", "O'Shaughnessy", "Wójcik")
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def charts(content: bytes) -> list:
    """The chart of each slide that has one."""
    slides = Presentation(BytesIO(content)).slides
    return [next((shape.chart for shape in slide.shapes if shape.has_chart), None) for slide in slides]


def titles(content: bytes) -> list[str]:
    return [slide.shapes.title.text for slide in Presentation(BytesIO(content)).slides]


@pytest.mark.parametrize("ending", KINDS)
def test_the_same_memo_gives_the_same_bytes_and_another_day_others(memo, ending):
    write, made = KINDS[ending].write, memo()
    assert write(made) == write(memo()) != write(replace(made, day=made.day + timedelta(days=1)))


@pytest.mark.parametrize("ending", KINDS)
def test_no_id_of_a_customer_is_in_a_file(memo, workspace, ending):
    content = KINDS[ending].write(memo())
    parts = [content] if ending == ".html" else [part.blob for part in Presentation(BytesIO(content)).part.package.iter_parts()]
    ids = [str(each).encode() for each in workspace.customers[workspace.schema.id]]
    assert not [each for each in ids if any(each in part for part in parts)]


@pytest.mark.parametrize("ending", KINDS)
def test_no_id_is_in_a_file_where_the_ids_are_names_of_people(memo, workspace, ending):
    schema = workspace.schema
    names = [f"{FIRST[i % len(FIRST)]} {LAST[i % len(LAST)]} {i}" for i in range(len(workspace.customers))]
    customers = workspace.customers.assign(**{schema.id: names})
    made = memo(workspace=replace(workspace, dataset=replace(workspace.dataset, customers=customers)))
    content = KINDS[ending].write(made)
    parts = [content] if ending == ".html" else [part.blob for part in Presentation(BytesIO(content)).part.package.iter_parts()]
    assert not [word for word in (*FIRST, *LAST) if any(word.encode() in part for part in parts)]


@pytest.mark.parametrize("name", ["memo.pdf", "memo", "memo.html.txt"])
def test_another_kind_of_file_is_refused_with_those_that_there_are(name):
    with pytest.raises(DataError, match=r"End the name in \.html or \.pptx"):
        kind_of(Path(name))


def test_the_page_says_all_that_the_memo_says(memo):
    made = memo()
    told = html.unescape(KINDS[".html"].write(made).decode())
    said = [made.headline, made.range_, *made.sure, made.drivers, *made.why, *made.results, *made.notes, made.link, made.data]
    said += [text for each in made.assumptions for text in (each.label, each.value, each.source)]
    said += [money(each.profit, "$") for each in made.scenarios] + [
        text for each in made.segments for text in (each.name, each.range_, money(each.profit, "$"))
    ]
    said += [made.about_segments]
    assert [text for text in said if text not in told] == []


def test_words_of_the_data_are_text_on_the_page(memo, workspace):
    named = replace(workspace, dataset=replace(workspace.dataset, name="</script><b onclick=x>&"))
    told = KINDS[".html"].write(memo(workspace=named)).decode()
    assert "<b onclick" not in told and "&lt;/script&gt;&lt;b onclick=x&gt;&amp;" in told


def test_nothing_in_the_page_can_be_fetched_and_no_script_runs_but_its_own(memo):
    told = KINDS[".html"].write(memo()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', told)
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy and policy.count("sha256-") == 2
    assert not re.search(r"\b(src|srcset|action|poster)\s*=|url\(|@import", told.replace("aria-", ""))


def test_with_several_offers_the_page_has_no_sliders_and_says_why(memo):
    told = KINDS[".html"].write(memo(offers=OFFERS)).decode()
    assert "There are no sliders here. With several offers" in told and not DATA.search(told) and "<script" not in told


def test_very_many_customers_are_steps_and_the_page_says_how_fine(memo, monkeypatch):
    for module in (limits, page):
        monkeypatch.setattr(module, "MOST", 1000)
    monkeypatch.setattr(page, "thinned", lambda swept: limits.thinned(swept, 1000))
    told = KINDS[".html"].write(memo()).decode()
    assert (
        "the sliders count about 10 at once" in told and "weight" in json.loads(DATA.search(told).group(1))["live"]["customers"]
    )
    assert "There are no sliders here" in KINDS[".html"].write(memo(rule="per_customer")).decode()
    assert "There are no sliders here" in KINDS[".html"].write(memo(after_save="tenure")).decode()


def test_the_slides_are_four_with_a_sentence_each(memo):
    made = memo()
    told = titles(KINDS[".pptx"].write(made))
    assert len(told) == 4 and told[0] == made.headline and told[3] == made.sure[0].rstrip(".")
    assert told[1].startswith("Profit is highest at a threshold of") and told[2] == made.drivers.rstrip(".")


def test_the_charts_of_the_slides_hold_the_numbers(memo):
    made = memo()
    choices, curve, groups, scenarios = charts(KINDS[".pptx"].write(made))
    assert list(choices.plots[0].categories) == made.policies["policy"].tolist()
    assert list(choices.series[0].values) == pytest.approx(made.policies["expected_profit"].tolist())
    assert list(curve.series[0].values) == pytest.approx(made.curve["expected_profit"].iloc[1:].tolist())
    assert list(curve.series[1].values) == pytest.approx([made.recommended.best.expected_profit])
    assert list(groups.series[0].values) == pytest.approx([each.rate for each in made.segments])
    assert list(scenarios.series[0].values) == pytest.approx([each.profit for each in made.scenarios])


def test_what_is_written_beside_the_bars_is_what_the_pages_write(memo):
    made = memo()
    series = charts(KINDS[".pptx"].write(made))[0].series[0]
    said = [series.points[i].data_label.text_frame.text for i in range(len(made.policies))]
    assert said == [money(profit, "$") for profit in made.policies["expected_profit"]]


def test_every_chart_can_be_edited_and_says_what_it_shows(memo):
    for slide in Presentation(BytesIO(KINDS[".pptx"].write(memo()))).slides:
        for shape in slide.shapes:
            if shape.has_chart:
                assert shape.chart.part.chart_workbook.xlsx_part is not None
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


@pytest.mark.parametrize("values", [{"offers": OFFERS}, {"retention_cost": 100_000}, {"rule": "per_customer", "budget": 9000}])
def test_the_slides_are_four_whatever_the_plan(memo, values):
    told = titles(KINDS[".pptx"].write(memo(**values)))
    assert len(told) == 4 and all(told)
