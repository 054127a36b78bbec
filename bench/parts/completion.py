"""What a completion of a user task costs, against stock SpiffWorkflow doing the same steps."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import complaint
from bench.databases import DATABASES, database
from bench.engines import BrokenDown, Ours, Stock, StockSaved, Taken, our_engine
from bench.rows import Row, at_least, at_most, interleaved, of_rounds, ratios

# Rounds of clarification in the complaint -> how often it is run. Stock does not reach the last.
ROUNDS = {1: 9, 5: 7, 20: 3, 100: 1}
BLOCKS = {1: 9, 2: 9, 4: 5, 6: 5, 8: 3}
MANY = 500
TOLD = {
    "SQLite": ("", "durable and recorded on SQLite", at_least(1.0)),
    "NORMAL": ("/normal", "the same without waiting for the disk (synchronous=NORMAL)", None),
    "PostgreSQL": ("/postgresql", "durable and recorded on PostgreSQL", None),
    "saved": ("/naive", "stock that loads and saves everything (SQLite)", None),
}


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        engines = {name: stack.enter_context(database(name)) for name in DATABASES}
        weaker = stack.enter_context(our_engine(synchronous="NORMAL"))[0]
        everybody = {"NORMAL": weaker, **engines}
        for engine in everybody.values():
            engine.deploy(complaint.files())
        ours = {name: Ours(engine, complaint.PROCESS) for name, engine in everybody.items()}
        stock = Stock(complaint.stock_files(), complaint.PROCESS)
        saved = StockSaved(complaint.stock_files(), complaint.PROCESS, Path(folder))
        limit = _stock_breaks_down()
        told = "rounds of clarification after which stock breaks down"
        yield Row("loop/stock", told, limit, "rounds")
        for rounds, repeats in ROUNDS.items():
            compared: dict[str, Ours | Stock] = dict(ours)
            if rounds < limit:
                compared |= {"stock": stock, "saved": saved}
            yield from _compared(compared, rounds, repeats)
        yield from _many(ours["SQLite"])


def _compared(everybody: Mapping[str, Ours | Stock], rounds: int, repeats: int) -> Iterator[Row]:
    took = interleaved(
        repeats, {n: partial(_per_completion, who, rounds) for n, who in everybody.items()}
    )
    key, case = f"completion/{rounds}", f"{rounds} round{'s' if rounds > 1 else ''}"
    for who, (suffix, told, goal) in TOLD.items():
        if who in took and "stock" in took:
            figures = ratios(took["stock"], took[who])
            name = f"completion, {case} of clarification: {told}, against stock in memory"
            yield of_rounds(key + suffix, name, figures, "× its rate", goal)
    milliseconds = [seconds * 1000 for seconds in took["SQLite"]]
    yield of_rounds(f"{key}/ms", f"completion, {case}: time on SQLite", milliseconds, "ms")
    waiting = [1 - weak / full for weak, full in zip(took["NORMAL"], took["SQLite"], strict=True)]
    yield of_rounds(
        f"{key}/disk", f"completion, {case}: share that waits for the disk", waiting, ""
    )


def _per_completion(who: Ours | Stock, rounds: int) -> float:
    return statistics.fmean(completions(who.run(complaint.steps(rounds))))


def completions(taken: Taken) -> list[float]:
    """The seconds of those steps that are completions of a user task."""
    return [seconds for name, seconds in taken if name not in ("start", complaint.REPLY)]


def _many(ours: Ours) -> Iterator[Row]:
    """A case that goes round and round: late rounds cost what early ones did."""
    taken = completions(ours.run(complaint.steps(MANY)))
    last, early = taken[-160:-10], taken[10:160]
    ratio = statistics.median(last) / statistics.median(early)
    yield Row("loop", f"round {MANY} against the first ones", ratio, "×", at_most(1.2))
    figure = statistics.fmean(taken) * 1000
    yield Row(f"completion/{MANY}/ms", f"completion, {MANY} rounds: time on SQLite", figure, "ms")


def _stock_breaks_down() -> int:
    stock = Stock(complaint.stock_files(), complaint.PROCESS)
    try:
        stock.run(complaint.steps(MANY))
    except BrokenDown as broken:
        return sum(1 for name, _ in broken.taken if name == complaint.REPLY)
    return MANY


def block_rows() -> Iterator[Row]:
    """Parallel blocks one behind the other: stock predicts every way through all of them."""
    for count, repeats in BLOCKS.items():
        files = complaint.block_files(count)
        with our_engine() as (engine, _):
            engine.deploy(files)
            everybody: dict[str, Ours | Stock] = {
                "ours": Ours(engine, complaint.BLOCKS),
                "stock": Stock(files, complaint.BLOCKS),
            }
            took = interleaved(
                repeats, {name: partial(_whole, who, count) for name, who in everybody.items()}
            )
        name = f"{count} parallel block{'s' if count > 1 else ''}, start to end, against stock"
        figures = ratios(took["stock"], took["ours"])
        yield of_rounds(f"blocks/{count}", name, figures, "× its rate")


def _whole(who: Ours | Stock, count: int) -> float:
    return sum(seconds for _, seconds in who.run(complaint.block_steps(count)))
