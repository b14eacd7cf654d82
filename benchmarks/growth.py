"""Measures how decisions grow with the size of a centre, draws the curves, and writes the page about performance.

``python benchmarks/growth.py`` measures (a quarter of an hour), writes the figures beside the pictures, and draws;
``--quick`` measures small sizes only (a minute); ``--draw`` draws from the figures that lie there.

Every centre lives in a process of its own, one after the other. Those that take too long are left out, and the page
says so.

Owns what is measured for the page, and how it is shown; must not know how centres are made (``regimes``).
"""

import argparse
import gc
import importlib
import json
import multiprocessing
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from regimes import REGIMES, STRATEGIES, World, decide

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
PICTURES: Final = DOCS / "performance"
FIGURES: Final = PICTURES / "figures.json"
TEMPLATE: Final = DOCS / "templates" / "performance.md"
NOTICE: Final = "<!-- Written by benchmarks/growth.py; change docs/templates or the code instead. -->\n\n"

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
QUICK: Final = (1_000, 3_000, 10_000)
DECISIONS: Final = 10_000
SECONDS: Final = 3.0  # of deciding; fewer decisions when they take longer


@dataclass(frozen=True, slots=True)
class Case:
    """A picture: a regime at several sizes, with one strategy or all of them."""

    picture: str
    regime: str
    strategies: tuple[str, ...] = ("longest_idle",)
    switch: bool = False  # one centre goes through all strategies, instead of a new one for each
    largest: int = 1_000_000
    seconds: float = 120.0  # that one size may take; what has been measured by then counts


#: Regimes that a million agents would only repeat at length.
SHORT: Final = frozenset({"few_100", "wide", "rare", "requirements"})

CASES: Final = (
    *(
        Case(name, name, largest=100_000 if name in SHORT else 1_000_000)
        for name in REGIMES
        if name != "choice"
    ),
    Case("strategies", "choice", STRATEGIES, switch=True, seconds=240.0),
    Case("strategies_unique", "unique", STRATEGIES, largest=100_000),
    Case("strategies_rare", "rare_unique", STRATEGIES, largest=100_000),
)

Row = dict[str, Any]


# ----------------------------------------------------------------------------------------------------- measuring


def measure_case(pipe: Connection, case: Case, agents: int, decisions: int) -> None:
    """Send a row for each strategy, as soon as it is there."""
    gc.disable()
    world: World | None = None
    for strategy in case.strategies:
        if world is None or not case.switch:
            world = None
            gc.collect()
            world = World(REGIMES[case.regime], agents, strategy=strategy)
            world.warm(max(agents // 10, 1_000))
            if case.regime == "queues":
                world.focus()
        elif strategy != case.strategies[0]:
            world.switch(strategy)
            world.warm(max(agents // 100, 1_000))
        figures = decide(world, decisions, SECONDS).figures()
        memory = world.engine._memory()
        pipe.send(
            {
                "picture": case.picture,
                "strategy": strategy,
                "agents": agents,
                **figures,
                "building": {name: round(value, 2) for name, value in asdict(world.building).items()},
                "core_bytes": sum(reserved for _, reserved in memory.values()),
            }
        )
    pipe.close()


def rows_of(case: Case, agents: int, decisions: int) -> Iterator[Row]:
    """The rows of a process that measures one size, as far as it comes within its time."""
    context = multiprocessing.get_context("spawn")
    mine, other = context.Pipe(duplex=False)
    process = context.Process(target=measure_case, args=(other, case, agents, decisions))
    end = perf_counter() + case.seconds
    process.start()
    other.close()
    try:
        while mine.poll(max(end - perf_counter(), 0)):
            yield mine.recv()
    except EOFError:
        return
    finally:
        process.terminate()
        process.join()


def measure(sizes: tuple[int, ...], decisions: int) -> dict[str, Any]:
    """Everything that the page shows."""
    start = perf_counter()
    rows: list[Row] = []
    for case in CASES:
        for agents in sizes:
            if agents > case.largest:
                continue
            found = list(rows_of(case, agents, decisions))
            rows += found
            for row in found:
                print(
                    f"{perf_counter() - start:5.0f} s  {case.picture:18} {row['strategy']:18} {agents:9,} agents"
                    f"  p50 {row['p50']:10,.0f} ns  p99 {row['p99']:10,.0f} ns  net {row['net']:10,.0f} ns",
                    flush=True,
                )
            if len(found) < len(case.strategies):
                print(
                    f"{perf_counter() - start:5.0f} s  {case.picture:18} {agents:,} agents: out of time",
                    flush=True,
                )
                if not found:
                    break
    return {"machine": machine(), "seconds": round(perf_counter() - start), "rows": rows}


def machine() -> dict[str, str]:
    """The machine in general terms."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GB",
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


# ------------------------------------------------------------------------------------------------------- showing


def draw(figures: dict[str, Any]) -> None:
    """One picture for each case: agents across, microseconds upwards, both logarithmic."""
    plot = importlib.import_module("matplotlib.pyplot")
    plot.switch_backend("svg")
    plot.rcParams.update({"svg.hashsalt": "huntgroup", "svg.fonttype": "none", "font.size": 9})
    for case in CASES:
        rows = [row for row in figures["rows"] if row["picture"] == case.picture]
        if not rows:
            continue
        figure, axes = plot.subplots(figsize=(6.4, 4.0))
        for label, name, strategy, style in curves(case):
            points = [(row["agents"], row[name] / 1e3) for row in rows if row["strategy"] == strategy]
            if points:
                axes.plot(*zip(*points, strict=True), style, label=label, markersize=4, linewidth=1.3)
        axes.set(xscale="log", yscale="log", xlabel="agents", ylabel="microseconds for a decision")
        axes.set_ylim(min(0.5, axes.get_ylim()[0]), max(100.0, axes.get_ylim()[1]))  # noise is no slope
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:,g}" if value < 1e6 else f"{value:,.0f}")
        axes.set_title(title(case))
        axes.grid(visible=True, which="both", linewidth=0.3, alpha=0.6)
        axes.legend(fontsize=8, loc="upper left", ncols=2)
        figure.tight_layout()
        figure.savefig(PICTURES / f"{case.picture}.svg", metadata={"Date": None, "Creator": None})
        plot.close(figure)
        path = PICTURES / f"{case.picture}.svg"
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(text.rstrip() for text in lines) + "\n", encoding="utf-8")


def curves(case: Case) -> Iterator[tuple[str, str, str, str]]:
    """Label, figure, strategy and style of each line of a picture."""
    if len(case.strategies) > 1:
        marks = "osv^D<>pP*XhH"
        for number, strategy in enumerate(case.strategies):
            yield strategy.replace("_", " "), "p50", strategy, f"{marks[number % len(marks)]}-"
        return
    for label, name, style in (
        ("p99", "p99", "v:"),
        ("p90", "p90", "^--"),
        ("p50", "p50", "o-"),
        ("p50 inside the engine, at most", "net", "s-"),
    ):
        yield label, name, case.strategies[0], style


def title(case: Case) -> str:
    what = REGIMES[case.regime].title
    return f"all strategies: {what}" if len(case.strategies) > 1 else what


def write_page(figures: dict[str, Any]) -> None:
    """Fill the template."""
    parts = {
        "machine": "{cores} virtual cores, {memory} of memory, {system} on {architecture}, Python {python}".format(
            **figures["machine"]
        ),
        "largest": f"{max(row['agents'] for row in figures['rows']):,}",
        "pictures": "\n".join(text for case in CASES for text in section(case, figures["rows"])).strip(),
        "building": "\n".join(building(figures["rows"])),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    (DOCS / "performance.md").write_text(NOTICE + text, encoding="utf-8")


def section(case: Case, rows: list[Row]) -> Iterator[str]:
    """A picture with its table."""
    rows = [row for row in rows if row["picture"] == case.picture]
    if not rows:
        return
    yield f"### {title(case)[0].upper()}{title(case)[1:]}\n"
    yield f"![{title(case)}](performance/{case.picture}.svg)\n"
    sizes = sorted({row["agents"] for row in rows})
    first = sizes[0]
    if len(case.strategies) > 1:
        yield (
            "| strategy | "
            + " | ".join(f"{agents:,} agents" for agents in sizes)
            + " | growth | times longest_idle |"
        )
        yield "|---|" + "---|" * (len(sizes) + 2)
        for strategy in case.strategies:
            mine = {row["agents"]: row for row in rows if row["strategy"] == strategy}
            if first not in mine:
                continue
            last = max(mine)
            idle = next(row for row in rows if row["strategy"] == "longest_idle" and row["agents"] == last)
            times = " | ".join(micro(mine[agents]["p50"]) if agents in mine else "" for agents in sizes)
            yield (
                f"| {strategy} | {times} | {mine[last]['p50'] / mine[first]['p50']:.1f} "
                f"| {mine[last]['p50'] / idle['p50']:.1f} |"
            )
        yield "\nMedians in microseconds; growth is from the smallest centre to the largest one measured.\n"
        return
    yield "| agents | p50 | p90 | p99 | p50 inside the engine, at most |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield (
            f"| {row['agents']:,} | "
            + " | ".join(micro(row[name]) for name in ("p50", "p90", "p99", "net"))
            + " |"
        )
    growth = rows[-1]["p50"] / rows[0]["p50"]
    yield f"\nMicroseconds. From the smallest to the largest the median grows {growth:.1f} times.\n"


def micro(ns: float) -> str:
    """Microseconds with three digits that count."""
    us = max(ns, 0.0) / 1e3
    return f"{us:.2f}" if us < 10 else f"{us:.1f}" if us < 100 else f"{us:,.0f}"


def building(rows: list[Row]) -> Iterator[str]:
    """What making a centre costs."""
    yield "| centre | agents | checking and building | everybody logs in | filling it | memory of the core |"
    yield "|---|---|---|---|---|---|"
    for picture in ("few", "unique"):
        for row in rows:
            if row["picture"] == picture:
                parts = row["building"]
                times = " | ".join(f"{parts[name]:.2f} s" for name in ("engine_s", "log_in_s", "fill_s"))
                yield (
                    f"| {REGIMES[picture].title} | {row['agents']:,} | {times} "
                    f"| {row['core_bytes'] / 2**20:,.1f} MB |"
                )


def main(arguments: list[str]) -> None:
    """Measure unless told not to, draw, write."""
    parser = argparse.ArgumentParser(description="Growth of decisions with the size of a centre.")
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument(
        "--draw", action="store_true", help="measure nothing, draw from the figures there are"
    )
    chosen = parser.parse_args(arguments)
    PICTURES.mkdir(exist_ok=True)
    if not chosen.draw:
        found = measure(QUICK if chosen.quick else SIZES, DECISIONS // 10 if chosen.quick else DECISIONS)
        FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    draw(figures)
    write_page(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
