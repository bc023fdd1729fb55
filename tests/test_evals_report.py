"""Reports of runs: the same figures everywhere, foreign text stays text, missing data is reported without a crash."""

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
from evals.cases import Gold, PastTurn
from evals.compare import Comparison, Difference, Flip
from evals.measures import Estimate, Scores, estimate
from evals.records import Options, Outcome, Record, Result
from evals.report.case import case_view
from evals.report.html import page, ticks
from evals.report.markdown import BEGIN, END, into, readme_table, safe
from evals.report.terminal import comparison_table, runs_table, table
from evals.report.text import cut, one_line
from evals.report.view import command, latency
from evals.rows import CaseError
from evals.suites import ADAPTERS
from rag.types import Passage, Status, Unsupported, Window

CHROMIUM = "/usr/bin/chromium"
HOSTILE = (
    "</style></svg></title><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>"
    '"\' onclick="alert(3)" | `code` **bold** <!-- eval:end --> $x$ \x1b[31m\x9b2J\u202e\u2028{{ 7*7 }}'
)
PLOTS = {"types", "risk", "reliability", "times"}


def tiny() -> Result:
    """One case right, one wrong, one that failed."""
    records = (make.record("q1"), make.record("q2", "Nobody.", type="date", milliseconds=60.0), make.failed("q3"))
    scores: tuple[Scores, ...] = (
        {"answer accuracy": 1.0, "nDCG@10": 1.0, "status right": 1.0, "failed": 0.0},
        {"answer accuracy": 0.0, "nDCG@10": 0.5, "status right": 1.0, "failed": 0.0},
        {"answer accuracy": 0.0, "nDCG@10": 0.0, "status right": 0.0, "failed": 1.0},
    )
    return Result(make.info("run-1", count=3), tuple(map(Outcome, records, scores)))


def empty() -> Result:
    return Result(make.info("run-0", count=0), ())


def share(hits: int, cases: int) -> Estimate:
    return estimate([1.0] * hits + [0.0] * (cases - hits))


def passage(text: str, article_id: str = "a1", url: str | None = "https://news.example/a1") -> Passage:
    return Passage(
        id=f"{article_id}:0", article_id=article_id, title="Visit", outlet="Ledger", published=dt.date(2025, 8, 13),
        url=url, text=text, start=0, end=len(text), score=0.03, similarity=0.71, bm25=None,
    )  # fmt: skip


def hostile_record(id: str = HOSTILE) -> Record:
    """A wrong answer in which all foreign text is hostile."""
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


# --- facts --------------------------------------------------------------------------------------------------------


def test_the_command_repeats_the_run() -> None:
    info = make.info(suite="rtqa_news", with_as_of=False)
    options = info.options.model_copy(
        update={"data": "/data/rt qa", "answerer": "bm25", "limit": 5, "types": ("date",), "ids": ("a b",), "seed": 3}
    )
    info = info.model_copy(update={"options": options, "settings": {"top_k": "12", "answer_threshold": "0.5"}})
    assert command(info) == (
        "DATELINE_TOP_K=12 dateline eval run rtqa_news --no-as-of --data '/data/rt qa' --answerer bm25 --limit 5 "
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
    """The columns of each line, separated by two or more spaces, by the first one."""
    found = [re.split(r" {2,}", line.strip()) for line in text.splitlines()]
    return {name: columns for name, *columns in found}


def test_table_of_a_tiny_run() -> None:
    text = table(tiny(), {"no-retrieval": {"answer accuracy": share(0, 3)}, "bm25": {}})
    assert text.startswith("sample, 3 cases, with as_of, 1 failed\nrun run-1, 13 Aug 2025, 09:01 UTC\n\n")
    rows = cells(text)
    assert rows["per cent, or 0 to 1"] == ["value", "95 % interval", "cases", "no-retrieval", "bm25"]
    assert rows["answer accuracy"] == ["33.3", "6.1–79.2", "3", "0.0", "–"]
    assert rows["nDCG@10"] == ["0.500", "0.000–1.000", "3", "–", "–"]
    assert rows["all"] == ["33.3", "6.1–79.2", "3"]
    assert rows["single_fact"] == ["50.0", "9.5–90.5", "2"]
    assert rows["whole question"] == ["42.0", "60.0", "60.0", "2"]
    assert "q3: The library has no lexical index." in text.splitlines()
    assert "! failed must be 0: asking ended in an error" in text
    fits(text)


def test_table_of_an_empty_run_and_of_one_that_was_stopped() -> None:
    assert table(empty(), {}) == "sample, 0 cases, with as_of, 0 failed\nrun run-0, 13 Aug 2025, 09:01 UTC"
    stopped = Result(make.info(count=8).model_copy(update={"finished": None}), tiny().outcomes[:1])
    assert "not finished\n7 cases of 8 not asked: the run was stopped." in table(stopped, {})


def test_every_answerer_fits_the_table() -> None:
    text = table(tiny(), {name: {"answer accuracy": share(1, 1)} for name in ANSWERERS if name != "default"})
    assert len(cells(text)["answer accuracy"]) == 3 + len(ANSWERERS) - 1
    fits(text)


def test_comparison_tells_warnings_first_and_names_flipped_cases() -> None:
    text = comparison_table(comparison(("Other articles.",), flips=12))
    assert text.startswith(
        "! Other articles.\n\nfirst: run-1\nsecond: run-2\n50 cases in both, 2 only in the first, 0 only"
    )
    lines, rows = text.splitlines(), cells(text)
    assert rows["answer accuracy"] == ["60.0", "80.0", "+20.0", "+6.0 to +34.0", "0.012", "50", "better"]
    assert rows["failed"] == ["0.0", "2.0", "+2.0", "0.0 to +6.0", "1.000", "50", "may be chance"]
    assert sum(line.startswith("q7: ") for line in lines) == 10
    assert "and 2 more" in lines
    assert "lost: right in the first, wrong in the second (0)" in lines
    fits(text)


def test_runs_are_listed_with_what_was_scored() -> None:
    info = make.info("20251113-rtqa", suite="rtqa_news", with_as_of=False, count=543)
    lines = runs_table(
        [(info, {"Success@1": share(1, 2)}), (info.model_copy(update={"finished": None}), {})]
    ).splitlines()
    assert lines[1].split() == ["20251113-rtqa", "without", "543", "–", "50.0", "–"]
    assert lines[2].endswith("not finished")


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
    text = case_view(record, {"answer accuracy": 1.0, "nDCG@10": 0.5, "token F1": None})
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
        "1 *     0.0300   0.710     –  13 Aug 2025  Ledger — Visit: Kang announced it.",
        "2       0.0300   0.710     –  13 Aug 2025  Ledger — Visit: No.",
        "took          42.0 ms, retrieve 12.0 ms, answer 30.0 ms",
        "answer accuracy  yes",
        "nDCG@10          0.5",
    ):
        assert line in text.splitlines()
    assert "[1]           Eastmoor Courier, 13 Aug 2025 — President to visit Tokyo: “" in text
    assert "token F1" not in text


def test_a_failed_case_tells_its_error() -> None:
    text = case_view(make.failed("f", "The index is gone; run 'dateline rebuild'."), {"failed": 1.0})
    assert "error         The index is gone; run 'dateline rebuild'." in text.splitlines()
    assert "passages" not in text


def test_hostile_text_neither_steers_nor_widens_the_terminal() -> None:
    result = hostile()
    views = [case_view(*one) for one in result.outcomes]
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
    assert "<script" not in re.sub(r"(?<!\\)`[^`]*`", "", text)  # a command is code and is shown unchanged
    assert END not in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) > 4
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {3}


def test_readme_table() -> None:
    other = Result(make.info("r2", suite="rtqa_news", with_as_of=False), tiny().outcomes[:1])
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
    tree = parsed(page(result, {"dense": result.figures()}))
    figures = {figure.get("id").removeprefix("plot-"): figure for figure in tree.xpath("//figure")}
    assert set(figures) == PLOTS
    for name, figure in figures.items():
        assert figure.xpath(".//*[name()='line']"), name
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for target in tree.xpath("//a/@href[starts-with(., '#')]"):
        assert target[1:] in ids


def test_plots_without_values_say_why() -> None:
    answerable = make.result([make.record("a"), make.record("b", "No.", confidence=0.4)])
    why = missing(page(answerable, {}))
    assert set(why) == {"reliability"}
    assert "cases without" in why["reliability"]
    assert set(missing(page(make.result([make.failed()]), {}))) == PLOTS - {"types"}


def test_an_empty_run_is_a_page_too() -> None:
    text = page(empty(), {})
    assert set(missing(text)) == PLOTS
    assert "nothing was measured" in text


def test_failed_cases_are_shown_with_their_error() -> None:
    tree = parsed(page(make.result([make.record("a"), make.failed("gone", "No lexical index.")]), {}))
    (row,) = tree.xpath("//table[@class='cases']//tr[@class='failed']")
    assert "gone" in row.text_content()
    assert "No lexical index." in row.text_content()


def test_what_an_answer_must_tell_is_shown() -> None:
    nuggets = (make.nugget("14 dead", ("14", "killed")), make.nugget("61"), make.nugget("rain", vital=False))
    record = make.record("n", "No.", of_case=make.case(answers=(), nuggets=nuggets))
    assert "must tell     14 dead | 14 … killed; 61" in case_view(record, {}).splitlines()


def test_hostile_text_is_inert() -> None:
    result = hostile()
    text = page(result, {HOSTILE: result.figures()})
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


def test_a_dash_of_an_exact_measure_is_an_alarm() -> None:
    tree = parsed(page(tiny(), {}))
    (alarm,) = tree.xpath("//p[@class='alarm']")
    assert alarm.text_content().startswith("failed: 33.3 per cent, must be 0.")


def test_the_same_run_makes_the_same_page() -> None:
    result = make.mixed()
    first, second = (page(result, {}) for _ in range(2))
    assert first == second


def test_types_are_drawn_worst_first_each_with_its_figure() -> None:
    records = [
        make.record("a", type="good"),
        make.record("b", "No.", type="bad"),
        make.record("c", type="half"),
        make.record("d", "No.", type="half"),
    ]
    tree = parsed(page(make.result(records), {}))
    rows = [[cell.text_content().strip() for cell in row] for row in tree.xpath("//figure[@id='plot-types']//tbody/tr")]
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("bad", "0.0", "1"),
        ("half", "50.0", "2"),
        ("good", "100.0", "1"),
    ]
    places = tree.xpath("//figure[@id='plot-types']//*[name()='circle']/@cx")
    assert places == ["0.00%", "50.00%", "100.00%"]


@given(st.floats(min_value=1e-3, max_value=1e7))
def test_ticks_are_round_few_and_never_beyond_the_scale(most: float) -> None:
    found = ticks(most)
    assert found[0] == 0
    assert 2 <= len(found) <= 5
    assert all(0 <= one <= most * (1 + 1e-9) for one in found)


def test_text_and_marks_have_contrast() -> None:
    style = (Path(__file__).parents[1] / "evals" / "report" / "style.css").read_text()
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)) for part in style.split("@media", 2)[:2])
    for palette in (light, dark):
        for ground, name in itertools.product(("paper", "raised"), ("ink", "quiet", "accent", "second")):
            assert contrast(palette[name], palette[ground]) >= 4.5, (name, ground)
        assert contrast(palette["edge"], palette["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: relative luminance of the lighter over that of the darker, each plus 0.05."""
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
    path.write_text(page(result, {"dense": result.figures()}), encoding="utf-8")
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
