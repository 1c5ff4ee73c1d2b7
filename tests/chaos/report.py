"""What storms have shown, for a terminal and as a row for docs/reliability.md."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    Report = Mapping[str, Any]

_ENDS = ("succeeded", "failed", "dead_lettered")
#: Of each sort of finding so many are shown.
_SHOWN = 5


def has_failed(report: Report) -> bool:
    """Whether anything is wrong."""
    return bool(report["findings"] or report["complaints"])


def faults(report: Report) -> Counter[str]:
    """Return how many requests met each fault."""
    found: Counter[str] = Counter()
    for counts in report["faults"].values():
        found.update({fault: count for fault, count in counts.items() if fault != "none"})
    return found


def row(report: Report) -> str:
    """Return the run's row for docs/reliability.md: seed, pool, workers, jobs, ends, deeds, faults, calls, findings."""
    scale, deeds, bill = report["scale"], report["deeds"], report["bill"]
    cells = (
        scale["seed"],
        scale["pool"],
        scale["workers"],
        report["accepted"],
        " / ".join(str(report["ends"].get(end, 0)) for end in _ENDS),
        f"{_count(deeds, 'kill')} / {_count(deeds, 'ambush')}",
        f"{_count(deeds, 'stall')} / {_count(deeds, 'term')}",
        faults(report).total(),
        report["duplicated"],
        f"{bill['calls']} / {bill['jobs']}",
        len(report["findings"]),
    )
    return f"| {' | '.join(map(str, cells))} |"


def show(reports: Sequence[Report], console: Console) -> None:
    """Print a table of all runs, then what was done to them, then all that is wrong."""
    table = Table(box=None, pad_edge=False)
    names = ("seed", "pool", "jobs", "ok", "failed", "dead", "kills", "faults", "calls", "wrong", "s")
    for name in names:
        table.add_column(name, justify="left" if name == "pool" else "right")
    for report in reports:
        table.add_row(*map(str, _summary(report)))
    console.print(table)
    _say(console, "Deeds", _sum(report["deeds"] for report in reports))
    _say(console, "Ends of processes", _sum(report["endings"] for report in reports))
    _say(console, "Faults", _sum(faults(report) for report in reports))
    _say(console, "Ends of attempts", _sum(report["outcomes"] for report in reports))
    _say(console, "Errors of jobs", _sum(report["errors"] for report in reports))
    _say(console, "Calls beyond a job's first", _sum(report["bill"]["excused"] for report in reports))
    for report in reports:
        _show_wrong(report, console)


def _summary(report: Report) -> Iterable[object]:
    scale, deeds = report["scale"], report["deeds"]
    return (
        scale["seed"],
        scale["pool"],
        report["accepted"],
        *(report["ends"].get(end, 0) for end in _ENDS),
        _count(deeds, "kill") + _count(deeds, "ambush"),
        faults(report).total(),
        report["bill"]["calls"],
        len(report["findings"]) + len(report["complaints"]),
        report["seconds"],
    )


def _count(deeds: Mapping[str, int], verb: str) -> int:
    return sum(count for name, count in deeds.items() if name.startswith(verb))


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return found


def _say(console: Console, name: str, counts: Counter[str]) -> None:
    said = ", ".join(f"{key} {count}" for key, count in counts.most_common()) or "none"
    console.print(f"[bold]{name}:[/] {said}", highlight=False)


def _show_wrong(report: Report, console: Console) -> None:
    title = f"{report['scale']['pool']} {report['scale']['seed']}"
    ordered = sorted(report["findings"], key=lambda finding: finding["code"])
    for code, group in groupby(ordered, key=lambda finding: finding["code"]):
        found = list(group)
        console.print(f"[bold red]{title}: {code}[/] ({len(found)})", highlight=False)
        for finding in found[:_SHOWN]:
            console.print(f"  {finding['subject']} {finding['detail']}", highlight=False, markup=False, soft_wrap=True)
    for complaint, count in report["complaints"].items():
        console.print(f"[bold red]{title}: logged[/] ({count})", highlight=False)
        console.print(f"  {complaint}", highlight=False, markup=False, soft_wrap=True)
