"""Reports of runs: the same figures everywhere, text of others stays text, nothing to show is said and no crash."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import eval_records as make
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from playwright.sync_api import Browser, sync_playwright
from rich.cells import cell_len

from evals.answerers import ANSWERERS
from evals.calibration import RiskCoverage
from evals.cases import Gold, PastTurn
from evals.compare import Comparison, Difference, Flip
from evals.measures import Estimate, Scores, estimate
from evals.records import Options, Record, Result
from evals.report.html import page
from evals.report.markdown import BEGIN, END, into, readme_table, safe
from evals.report.plots import risk_coverage, times
from evals.report.provenance import command
from evals.report.terminal import case_view, comparison_table, runs_table, table
from evals.report.text import cut, excerpt, one_line, pieces, wrapped
from evals.report.view import HistoryPoint, Step, latency
from evals.rows import CaseError
from evals.suites import ADAPTERS
from rag.types import Passage, Status, Unsupported, Window

CHROMIUM = "/usr/bin/chromium"
HOSTILE = (
    "</style></svg></title><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>"
    '"\' onclick="alert(3)" | `code` **bold** <!-- eval:end --> $x$ \x1b[31m\x9b2J\u202e\u2028{{ 7*7 }}'
)
PLOTS = {"types", "risk", "reliability", "times", "history"}


def tiny() -> Result:
    """One case right, one wrong, one that failed."""
    records = (make.record("q1"), make.record("q2", "Nobody.", type="date", milliseconds=60.0), make.failed("q3"))
    scores: tuple[Scores, ...] = (
        {"answer accuracy": 1.0, "RR": 1.0, "status right": 1.0, "failed": 0.0},
        {"answer accuracy": 0.0, "RR": 0.5, "status right": 1.0, "failed": 0.0},
        {"answer accuracy": 0.0, "RR": 0.0, "status right": 0.0, "failed": 1.0},
    )
    return Result(make.info("run-1", count=3), records, scores)


def empty() -> Result:
    return Result(make.info("run-0", count=0), (), ())


def share(hits: int, cases: int) -> Estimate:
    return estimate([1.0] * hits + [0.0] * (cases - hits))


def passage(text: str, article_id: str = "a1", url: str | None = "https://news.example/a1") -> Passage:
    return Passage(
        id=f"{article_id}:0", article_id=article_id, title="Visit", outlet="Ledger", published=dt.date(2025, 8, 13),
        url=url, text=text, start=0, end=len(text), score=0.03, similarity=0.71, bm25=None,
    )  # fmt: skip


def hostile_record(id: str = HOSTILE) -> Record:
    """A wrong answer in which everything that others wrote is hostile."""
    answered = make.answer(HOSTILE, question=HOSTILE, confidence=0.99).model_copy(
        update={
            "standalone_question": HOSTILE + "?",
            "passages": (
                passage(HOSTILE, url="javascript:alert(4)"),
                passage(HOSTILE, url=f"https://x.example/{HOSTILE}"),
            ),
            "unsupported": (Unsupported(text=HOSTILE, why=HOSTILE),),
            "window": Window(words=HOSTILE),
            "notices": (HOSTILE,),
            "timings": {HOSTILE: 1.0},
        }
    )
    case = make.case(id, type=HOSTILE, question=HOSTILE, answers=(f"not {HOSTILE}",), reference=HOSTILE).model_copy(
        update={
            "gold": (Gold(file=HOSTILE, words="alert(1)"),),
            "history": (PastTurn(question=HOSTILE, answer=HOSTILE),),
        }
    )
    return make.record(of_case=case, answered=answered, ranking=("a1",))


def hostile() -> Result:
    info = make.info("run-<b>1").model_copy(
        update={
            "options": Options(suite=HOSTILE, data=HOSTILE, ids=(HOSTILE,)),
            "settings": {HOSTILE: HOSTILE, "top_k": HOSTILE},
            "versions": {HOSTILE: HOSTILE},
            "library": HOSTILE,
        }
    )
    return make.result([hostile_record(), make.failed("f", HOSTILE), make.record("u", due=Status.ABSTAINED)], info)


def comparison(warnings: tuple[str, ...] = (), flips: int = 1) -> Comparison:
    first, second = share(30, 50), share(40, 50)
    flip = Flip(
        id="q7", type="date", question="When is the summit? " * 9, first_answer="No.", second_answer="The 25th."
    )
    return Comparison(
        first="run-1", second="run-2", cases=50, only_first=2, only_second=0,
        differences=(
            Difference(measure="answer accuracy", first=first, second=second, difference=0.2, low=0.06, high=0.34, p=0.012),
            Difference(measure="failed", first=share(0, 50), second=share(1, 50), difference=0.02, low=0, high=0.06, p=1.0),
        ),
        gained=(flip,) * flips, lost=(), warnings=warnings,
    )  # fmt: skip


def history(result: Result, runs: int = 3) -> list[HistoryPoint]:
    figures = {"answer accuracy": share(30, 50), "Success@1": share(20, 50)}
    earlier = [
        HistoryPoint(
            run=f"run-{HOSTILE}-{number}", finished=dt.datetime(2025, 8, number + 1, tzinfo=dt.UTC), figures=figures
        )
        for number in range(runs)
    ]
    finished = result.info.finished
    assert finished
    return [*earlier, HistoryPoint(run=result.info.id, finished=finished, figures=result.figures())]


# --- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb\x9b2J", "a[31mb2J"),
        ("two\nlines\u2028and\ta tab", "two lines and a tab"),
        ("\u202eright to left\u2066", "right to left"),
        ("tag\U000e0041 half \ud800", "tag half"),
        (" \x00 ", ""),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_cut_counts_cells_and_not_characters() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
    assert cell_len(cut("東京訪問を発表", 6)) <= 6


def test_wrapped_breaks_what_has_no_spaces() -> None:
    assert wrapped("a bb ccc", 6, "  ") == ["  a bb", "  ccc"]
    assert all(cell_len(line) <= 20 for line in wrapped("東京" * 40 + " " + "x" * 50, 20, "  "))
    assert wrapped("", 20) == [""]


def test_accepted_answers_are_marked_as_whole_words() -> None:
    assert pieces("The 25th, not 125th.", ["25TH", ""]) == [("The ", False), ("25th", True), (", not 125th.", False)]
    assert pieces("Nothing sought", []) == [("Nothing sought", False)]
    assert "needle" in excerpt("hay " * 100 + "needle " + "hay " * 100, ["needle"], 60)
    assert excerpt("short", [], 60) == "short"


# --- facts --------------------------------------------------------------------------------------------------------


def test_the_command_repeats_the_run() -> None:
    info = make.info(suite="rtqa_news", with_as_of=False)
    options = info.options.model_copy(
        update={"data": "/data/rt qa", "answerer": "bm25", "limit": 5, "types": ("date",), "ids": ("a b",), "seed": 3}
    )
    info = info.model_copy(update={"options": options, "settings": {"top_k": "12", "answer_threshold": "0.5"}})
    assert command(info) == (
        "DATELINE_TOP_K=12 dateline eval run rtqa_news --data '/data/rt qa' --answerer bm25 --no-as-of --limit 5 "
        "--type date --ids 'a b' --seed 3"
    )
    own = make.info(suite="my.jsonl")
    assert command(own) == "dateline --library library eval run my.jsonl"


def test_times_are_measured_ones_and_leave_failed_cases_out() -> None:
    steps = {step.name: step for step in latency(tiny())}
    assert list(steps) == ["retrieve", "answer", "whole question"]
    assert (steps["whole question"].p50, steps["whole question"].p95, steps["whole question"].cases) == (42.0, 60.0, 2)


# --- terminal -----------------------------------------------------------------------------------------------------


def cells(text: str) -> dict[str, list[str]]:
    """The columns of each line, two spaces and more apart, by the first one."""
    found = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
    return {name: columns for name, *columns in found}


def test_table_of_a_tiny_run() -> None:
    text = table(tiny(), {"no-retrieval": {"answer accuracy": share(0, 3)}, "bm25": {}})
    assert text.startswith("sample, 3 cases, with as_of, 1 failed\nrun run-1, 13 Aug 2025, 09:01 UTC\n\n")
    rows = cells(text)
    assert rows["per cent, or 0 to 1"] == ["value", "95 % interval", "cases", "no-", "bm25"]
    assert rows["answer accuracy"] == ["33.3", "6.1–79.2", "3", "0.0", "–"]
    assert rows["RR"] == ["0.500", "0.000–1.000", "3", "–", "–"]
    assert rows["all"] == ["33.3", "6.1–79.2", "3"]
    assert rows["single_fact"] == ["50.0", "9.5–90.5", "2"]
    assert rows["whole question"] == ["42.0", "60.0", "60.0", "2"]
    assert rows["q3"] == ["The library has no lexical index."]
    assert "! failed must be 0: asking ended in an error" in text
    fits(text)


def test_table_of_an_empty_run_and_of_one_that_was_stopped() -> None:
    assert table(empty(), {}) == "sample, 0 cases, with as_of, 0 failed\nrun run-0, 13 Aug 2025, 09:01 UTC"
    stopped = Result(make.info(count=8).model_copy(update={"finished": None}), (make.record(),), tiny().scores[:1])
    assert "not finished\n7 cases of 8 not asked: the run was stopped." in table(stopped, {})


def test_columns_that_do_not_fit_are_counted() -> None:
    text = table(tiny(), {f"control number {number}": {"answer accuracy": share(number, 9)} for number in range(9)})
    left_out = re.search(r"and (\d) more columns", text)
    assert left_out
    shown = cells(text)["answer accuracy"]
    assert shown[3:] == [f"{100 * number / 9:.1f}" for number in range(9 - int(left_out[1]))]
    fits(text)


def test_every_answerer_fits_the_table() -> None:
    text = table(tiny(), {name: {"answer accuracy": share(1, 1)} for name in ANSWERERS if name != "default"})
    assert len(cells(text)["answer accuracy"]) == 3 + len(ANSWERERS) - 1
    fits(text)


def test_comparison_tells_warnings_first_and_names_flipped_cases() -> None:
    text = comparison_table(comparison(("Other articles.",), flips=12))
    assert text.startswith(
        "! Other articles.\n\nfirst   run-1\nsecond  run-2\n50 cases in both, 2 only in the first, 0 only"
    )
    lines, rows = text.splitlines(), cells(text)
    assert rows["answer accuracy"] == ["60.0", "80.0", "+20.0", "+6.0 to +34.0", "0.012", "50", "better"]
    assert rows["failed"] == ["0.0", "2.0", "+2.0", "0.0 to +6.0", "1.000", "50", "may be chance"]
    assert sum(line.startswith("  q7") for line in lines) == 10
    assert "  and 2 more" in lines
    assert "lost: right in the first, wrong in the second (0)" in lines
    fits(text)


def test_runs_are_listed_with_what_was_scored() -> None:
    info = make.info("20251113-rtqa", suite="rtqa_news", with_as_of=False, count=543)
    lines = runs_table(
        [(info, {"Success@1": share(1, 2)}), (info.model_copy(update={"finished": None}), {})]
    ).splitlines()
    assert lines[2].split() == ["20251113-rtqa", "without", "543", "–", "50.0", "–"]
    assert lines[3].endswith("not finished")


def test_a_case_is_told_whole() -> None:
    record = make.record("lee-01", confidence=0.75)
    assert record.answer is not None
    answered = record.answer.model_copy(update={"passages": (passage("Kang announced it."), passage("No.", "a7"))})
    case = record.case.model_copy(
        update={
            "gold": (Gold(file="lee.txt", words="announced the visit"),),
            "history": (PastTurn(question="Who?", answer="Lee"),),
        }
    )
    record = record.model_copy(update={"case": case, "answer": answered})
    text = case_view(record, {"answer accuracy": 1.0, "RR": 0.5, "exact match": None})
    for line in (
        "case lee-01, single_fact",
        "before        Who? – Lee",
        "question      Who announced the visit?",
        "as of         13 Aug 2025",
        "days          any",
        "due           answered",
        "accepted      Kang Yu-jung",
        "gold words    announced the visit (lee.txt)",
        "gold found    at 1 of 3 articles",
        "came back     answered, confidence 0.75",
        "*  1   0.0300    0.710        –  13 Aug 2025  Ledger — Visit",
        "   2   0.0300    0.710        –  13 Aug 2025  Ledger — Visit",
        "      Kang announced it.",
        "took          42.0 ms, retrieve 12.0 ms, answer 30.0 ms",
        "  answer accuracy                yes",
        "  RR                             0.5",
    ):
        assert line in text.splitlines()
    assert "[1]           Eastmoor Courier, 13 Aug 2025 — President to visit Tokyo: “" in text
    assert "exact match" not in text


def test_a_failed_case_tells_its_error() -> None:
    text = case_view(make.failed("f", "The index is gone; run 'dateline rebuild'."), {"failed": 1.0})
    assert "error         The index is gone; run 'dateline rebuild'." in text.splitlines()
    assert "passages" not in text


def test_hostile_text_neither_steers_nor_widens_the_terminal() -> None:
    result = hostile()
    views = [case_view(record, scores) for record, scores in zip(result.records, result.scores, strict=True)]
    told = comparison(warnings=(HOSTILE,)).model_copy(update={"first": HOSTILE})
    for text in (table(result, {HOSTILE: {}}), comparison_table(told), runs_table([(result.info, {})]), *views):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
        fits(text)


def fits(text: str) -> None:
    too_wide = [line for line in text.splitlines() if cell_len(line) > 100]
    assert too_wide == []


# --- Markdown -----------------------------------------------------------------------------------------------------


def test_markdown_shows_text_of_others_as_it_is() -> None:
    assert safe("a|b *c* _d_ rtqa_news <b> `x` # $y$") == r"a\|b \*c\* \_d\_ rtqa_news &lt;b&gt; \`x\` \# \$y\$"
    text = readme_table([hostile()])
    assert "<script" not in re.sub(r"(?<!\\)`[^`]*`", "", text)  # a command is code, and is shown as it is
    assert END not in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) > 4
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {3}


def test_readme_table() -> None:
    other = Result(make.info("r2", suite="rtqa_news", with_as_of=False), tiny().records[:1], tiny().scores[:1])
    assert (
        readme_table([tiny(), other])
        == """\
| per cent, with 95 % intervals | sample, with as_of | rtqa_news, without as_of |
| --- | ---: | ---: |
| answer accuracy | 33.3 (6.1–79.2) | 100.0 (20.7–100.0) |
| cases | 3 | 1 |
| measured | 13 Aug 2025 | 13 Aug 2025 |

- sample, with as_of: `dateline eval run sample`; data: in this repository
- rtqa_news, without as_of: `dateline eval run rtqa_news --no-as-of`; data: \
"""
        + safe(ADAPTERS["rtqa_news"].published)
    )
    with pytest.raises(CaseError, match="no run"):
        readme_table([])


def test_the_table_goes_between_its_marks() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    new = into(text, "| new |\n")
    assert new == f"before\n{BEGIN}\n| new |\n{END}\nafter\n"
    assert into(new, "| new |") == new


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_file_without_the_marks_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(CaseError, match="put one line '<!-- eval:begin -->'"):
        into(text, "| new |")


def test_hostile_text_cannot_close_the_marks() -> None:
    text = into(f"{BEGIN}\n{END}", readme_table([hostile()]))
    assert into(text, "x") == f"{BEGIN}\nx\n{END}"


# --- the page -----------------------------------------------------------------------------------------------------


def parsed(text: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(text)


def missing(text: str) -> Mapping[str, str]:
    """Plot → why it is not drawn."""
    found = {}
    for figure in parsed(text).xpath("//figure"):
        why = figure.xpath("string(.//p[@class='missing'])")
        assert bool(why) != bool(figure.xpath(".//*[name()='svg']"))
        if why:
            found[figure.get("id").removeprefix("plot-")] = why
    return found


def test_the_page_has_every_plot_with_its_values() -> None:
    result = make.mixed()
    tree = parsed(page(result, {"dense": result.figures()}, history(result), comparison()))
    figures = {figure.get("id").removeprefix("plot-"): figure for figure in tree.xpath("//figure")}
    assert set(figures) == PLOTS | {"flips"}
    for name, figure in figures.items():
        assert figure.xpath(".//*[name()='line']"), name
        assert figure.xpath(".//tbody/tr/td"), name  # its values as text
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for target in tree.xpath("//a/@href[starts-with(., '#')]"):
        assert target[1:] in ids


def test_plots_without_values_say_why() -> None:
    answerable = make.result([make.record("a"), make.record("b", "No.", confidence=0.4)])
    why = missing(page(answerable, {}, []))
    assert set(why) == {"reliability", "history"}
    assert "cases without" in why["reliability"]
    assert set(missing(page(make.result([make.failed()]), {}, []))) == PLOTS - {"types"}


def test_an_empty_run_is_a_page_too() -> None:
    text = page(empty(), {}, [])
    assert set(missing(text)) == PLOTS
    assert "nothing was measured" in text


def test_a_comparison_without_flips_draws_none() -> None:
    text = page(make.mixed(), {}, [], comparison(("Other articles.",), flips=0))
    assert "flips" in missing(text)
    assert "Other articles." in text


def test_failed_cases_are_shown_with_their_error() -> None:
    tree = parsed(page(make.result([make.record("a"), make.failed("gone", "No lexical index.")]), {}, []))
    (row,) = tree.xpath("//section[@id='failed']//tbody/tr")
    assert [cell.text_content() for cell in row] == ["gone", "Who announced the visit?", "No lexical index."]
    assert tree.xpath("//table[@class='cases']//tr[@class='failed']")


def test_worst_cases_are_wrong_ones_the_surest_first() -> None:
    records = [
        make.record("sure", "No.", confidence=0.95),
        make.record("right", confidence=0.99),
        make.record("refused", status=Status.ABSTAINED, confidence=0.02),
        make.record("unsure", "No.", confidence=0.6),
        make.failed("failed"),
    ]
    tree = parsed(page(make.result(records), {}, []))
    assert [one.text for one in tree.xpath("//details[@class='case']/summary/span[2]/bdi[1]")] == [
        "refused", "sure", "unsure",
    ]  # fmt: skip


def test_the_closest_passages_are_no_answer_that_was_sure() -> None:
    records = [
        make.record("closest", status=Status.CLOSEST, confidence=0.3),
        make.record("wrong", "No.", confidence=0.6),
        make.record("rightly", due=Status.ABSTAINED, status=Status.CLOSEST, confidence=0.3),
    ]
    tree = parsed(page(make.result(records), {}, []))
    worst = tree.xpath("//details[@class='case']")
    # 0.3 for an answer is 0.7 against one
    assert [one.xpath("string(.//bdi[1])") for one in worst] == ["closest", "wrong"]
    assert "refused" in worst[0].xpath("string(summary)")
    assert "closest" in worst[0].xpath("string(summary)")


def test_what_an_answer_must_tell_is_shown() -> None:
    nuggets = (make.nugget("14 dead", ("14", "killed")), make.nugget("61"), make.nugget("rain", vital=False))
    record = make.record("n", "No.", of_case=make.case(answers=(), nuggets=nuggets))
    told = "14 dead | 14 … killed; 61"
    assert f"must tell     {told}" in case_view(record, {}).splitlines()
    assert told in page(make.result([record]), {}, [])


def test_gold_and_answers_are_marked_in_passages() -> None:
    record = make.record("w", "No.")
    assert record.answer is not None
    answered = record.answer.model_copy(update={"passages": (passage("It was Kang Yu-jung."), passage("Else.", "a8"))})
    tree = parsed(page(make.result([record.model_copy(update={"answer": answered})]), {}, []))
    rows = tree.xpath("//table[contains(@class, 'passages')]/tbody/tr")
    assert [bool(row.xpath(".//*[@class='gold']")) for row in rows] == [True, False]
    assert [mark.text for mark in tree.xpath("//mark")] == ["Kang Yu-jung"]


def test_hostile_text_is_inert() -> None:
    result = hostile()
    told = comparison(warnings=(HOSTILE,)).model_copy(
        update={
            "first": HOSTILE,
            "gained": (Flip(id=HOSTILE, type=HOSTILE, question=HOSTILE, first_answer=HOSTILE, second_answer=HOSTILE),),
        }
    )
    text = page(result, {HOSTILE: result.figures()}, history(result), told)
    tree = parsed(text)
    assert tree.xpath("//script | //img | //iframe | //object | //embed | //form | //base") == []
    assert len(tree.xpath("//style")) == 1
    assert len(tree.xpath("//link")) == 1
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    assert tree.xpath("//@src | //@srcset | //@action | //@formaction") == []
    for element in tree.xpath("//*[@href]"):
        address = element.get("href")
        if not address.startswith(("#", "data:,")):
            assert re.match(r"https?://", address)
            assert "noreferrer" in element.get("rel")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "49" not in tree.xpath("string(//h1)")
    assert "url(http" not in text
    assert "@import" not in text


def test_links_lead_to_web_pages_only() -> None:
    record = make.record("w", "No.")
    assert record.answer is not None
    kinds = (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        'https://x.example/"onx=1',
        "https://x.example/a",
    )
    answered = record.answer.model_copy(update={"passages": tuple(passage("Text.", url=kind) for kind in kinds)})
    tree = parsed(page(make.result([record.model_copy(update={"answer": answered})]), {}, []))
    links = tree.xpath("//table[contains(@class, 'passages')]//a/@href")
    assert links == ["https://x.example/a"]


def test_a_dash_of_an_exact_measure_is_an_alarm() -> None:
    tree = parsed(page(tiny(), {}, []))
    (alarm,) = tree.xpath("//p[@class='alarm']")
    assert alarm.text_content().startswith("failed: 33.3 per cent, must be 0.")


def test_the_same_run_makes_the_same_page() -> None:
    result = make.mixed()
    first, second = (page(result, {}, history(result), comparison()) for _ in range(2))
    assert first == second


def test_types_are_drawn_worst_first_each_with_its_figure() -> None:
    records = [
        make.record("a", type="good"),
        make.record("b", "No.", type="bad"),
        make.record("c", type="half"),
        make.record("d", "No.", type="half"),
    ]
    tree = parsed(page(make.result(records), {}, []))
    rows = [[cell.text_content().strip() for cell in row] for row in tree.xpath("//figure[@id='plot-types']//tbody/tr")]
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("bad", "0.0", "1"),
        ("half", "50.0", "2"),
        ("good", "100.0", "1"),
    ]
    places = tree.xpath("//figure[@id='plot-types']//*[name()='circle']/@cx")
    assert places == ["0.00%", "50.00%", "100.00%"]


def test_the_last_point_of_the_curve_is_the_run_as_it_was() -> None:
    chart = risk_coverage(RiskCoverage(points=((0.25, 0.0), (0.5, 0.5), (1.0, 0.25)), area=0.2))
    (here,) = chart.marks
    assert (here.across, here.at) == chart.line[-1]
    assert chart.values.rows[-1] == ("100.0", "25.0")
    labels = {label: at for at, label in chart.y_ticks}
    assert labels["20 %"] == pytest.approx(chart.line[-1][1] * 0.20 / 0.25)


@given(st.floats(min_value=1e-3, max_value=1e7))
def test_ticks_are_round_few_and_never_beyond_the_scale(most: float) -> None:
    steps = (Step(name="whole", p50=most / 2, p95=most, most=most, cases=1),)
    ticks = times(steps).ticks
    assert ticks[0] == (0.0, "0")
    assert 2 <= len(ticks) <= 5
    assert all(0 <= at <= 1 + 1e-9 for at, _ in ticks)


def test_text_and_marks_have_contrast() -> None:
    style = (Path(__file__).parents[1] / "evals" / "report" / "style.css").read_text()
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)) for part in style.split("@media", 2)[:2])
    for palette in (light, dark):
        for ground, name in itertools.product(("paper", "raised"), ("ink", "quiet", "accent", "second")):
            assert contrast(palette[name], palette[ground]) >= 4.5, (name, ground)
        assert contrast(palette["mark-ink"], palette["mark"]) >= 4.5
        assert contrast(palette["edge"], palette["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance of the lighter over that of the darker, each plus 0.05."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield found
        found.close()


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium; run: apt-get install chromium")
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_browser_asks_for_nothing_else(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    result = make.result([*make.mixed().records, *hostile().records], make.info(count=10))
    path = tmp_path / "report.html"
    path.write_text(page(result, {"dense": result.figures()}, history(result), comparison()), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    opened = context.new_page()
    told: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: told.append(message.text))
    opened.on("pageerror", lambda error: told.append(str(error)))
    opened.on("dialog", lambda dialog: told.append(dialog.message))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(path.as_uri())
    opened.locator("#worst-1 summary").click()
    opened.locator("label[for=show-wrong]").click()
    assert opened.locator("table.cases tr.right:visible").count() == 0
    assert opened.locator("table.cases tr.wrong:visible").count() > 0
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    background = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(21, 24, 27)" if scheme == "dark" else "rgb(255, 255, 255)")
    point = opened.locator("#plot-types svg circle").first
    assert point.evaluate("one => getComputedStyle(one).fill") == ("rgb(116, 180, 247)" if scheme == "dark" else "rgb(11, 92, 173)")  # fmt: skip
    context.close()
    assert told == []
    assert asked == [path.as_uri()]
