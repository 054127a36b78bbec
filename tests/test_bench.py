"""The measuring itself: it runs both engines to the end, tells a missed goal, and counts errors."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from bench import complaint
from bench.engines import Ours, Stock, StockSaved, our_engine
from bench.installation import served_installation
from bench.load.report import growth, lines
from bench.load.run import SOURCES, Plan, Run, arrivals
from bench.rows import Row, at_least, at_most, interleaved, of_rounds, ratios
from bench.run import page
from web.cli import main

STEPS = ["start", *[element for element, _ in complaint.steps(2)]]


def test_all_engines_do_the_same_steps_to_the_end(tmp_path: Path) -> None:
    stock = Stock(complaint.stock_files(), complaint.PROCESS)
    saved = StockSaved(complaint.stock_files(), complaint.PROCESS, tmp_path)
    with our_engine() as (engine, _):
        engine.deploy(complaint.files())
        ours = Ours(engine, complaint.PROCESS).run(complaint.steps(2))
        with engine.read() as work:
            left = work.connection.exec_driver_sql("SELECT status, state FROM process_instance")
            status = [row.status for row in left]

    assert [name for name, _ in ours] == STEPS
    assert [name for name, _ in stock.run(complaint.steps(2))] == STEPS
    assert [name for name, _ in saved.run(complaint.steps(2))] == STEPS
    assert status == ["completed"]


def test_a_figure_is_the_median_of_rounds_that_were_taken_in_turns() -> None:
    seconds = iter([1.0, 4.0, 2.0, 4.0, 3.0, 4.0])
    took = interleaved(3, {"ours": lambda: next(seconds), "stock": lambda: next(seconds)})

    row = of_rounds("k", "rate", ratios(took["stock"], took["ours"]), "×", at_least(2.5))

    assert (took["ours"], took["stock"]) == ([1.0, 2.0, 3.0], [4.0, 4.0, 4.0])
    assert (row.figure, row.met) == (2.0, False)


def test_the_page_says_which_goals_are_not_met() -> None:
    rows = [
        Row("completion/1", "one round", 0.5, "× its rate", at_least(1)),
        Row("disk", "disk per case", 20, "KB", at_most(25)),
        Row("start/SQLite/ms", "start", 3, "ms"),
    ]

    told = page(rows, {"Python": "3.11"}, date(2026, 3, 2))

    assert "1 of 2 goals are met" in told
    assert "| one round | 0.5 × its rate |  | ≥ 1 | **no** |" in told
    assert "| disk per case | 20 KB |  | ≤ 25 | yes |" in told
    assert "neither saves nor records" in told.replace("\n", " ")


def test_the_page_sets_figures_beside_those_before_and_names_what_became_dearer() -> None:
    rows = [
        Row("start/SQLite/ms", "start", 3.6, "ms"),
        Row("completion/1", "one round", 0.5, "× its rate", at_least(1)),
        Row("record/verify", "checked", 80, "cases/s"),
        Row("new", "not measured then", 1, "ms"),
    ]
    before = [("start/SQLite/ms", 3.0), ("completion/1", 0.4), ("record/verify", 100), ("gone", 1)]
    was = {"rows": [{"key": key, "figure": figure} for key, figure in before]}

    told = page(rows, {}, date(2026, 3, 2), was)

    assert "| start | 3.6 ms |  |  |  | 3 | 1.20 × |" in told
    assert "| one round | 0.5 × its rate |  | ≥ 1 | **no** | 0.4 | 0.80 × |" in told
    assert "| checked | 80 cases/s |  |  |  | 100 | 1.25 × |" in told
    assert "| not measured then | 1 ms |  |  |  |  |  |" in told
    dearer = told.partition("What costs more")[2].partition("## All numbers")[0]
    assert re.findall(r"^- (\w+):", dearer, re.MULTILINE) == ["start", "checked"]


def test_the_command_measures_what_is_asked_for_and_names_what_is_not_there(
    tmp_path: Path,
) -> None:
    written = tmp_path / "performance.md"
    asked = ["--lang", "en", "bench", "--only", "deploy", "--json", "--write", str(written)]

    measured = CliRunner().invoke(main, asked)
    unknown = CliRunner().invoke(main, ["--lang", "en", "bench", "--only", "speed"])

    (row,) = json.loads(measured.stdout[: measured.stdout.rindex("}") + 1])["rows"]
    assert (row["key"], row["unit"], row["met"]) == ("deploy", "ms", None)
    assert row["figure"] > 0
    assert "deploy of two diagrams" in written.read_text("utf-8")
    assert unknown.exit_code == 1
    assert unknown.stderr.startswith("There is no row 'speed'; rows begin with one of blocks,")


def test_a_month_is_replayed_over_http_without_an_error() -> None:
    plan = Plan(complaints=12, officers=0, seconds=0, think=0)
    with served_installation(officers=0, sources=SOURCES) as installation:
        outcome = Run(installation, plan)()

    told = "\n".join(lines(outcome))

    assert outcome.puzzled == ()
    assert outcome.filed == 12
    assert set(outcome.entry_points) == {"PublicPage", "IntakeCounter", "Relay"}
    assert [visit for visit in outcome.visits if not visit.expected] == []
    assert "12 complaints filed" in told
    assert "errors: 0" in told
    assert all(visit.seconds > 0 for visit in outcome.visits)
    assert growth(outcome.visits) > 0


def test_most_complaints_of_the_month_come_while_the_counter_is_open() -> None:
    plan = Plan(complaints=400, seconds=300)
    moments = arrivals(plan)
    hours = [moment / (300 * 2 / 3) * 22 * 24 % 24 for moment in moments]

    assert len(moments) == 400
    assert moments == sorted(moments)
    assert sum(8 <= hour < 17 for hour in hours) > 250
