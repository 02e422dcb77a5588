"""What is measured and how it is kept: a row per flow with its rounds, and the median of them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Flow:
    """A flow and what it is compared with. `limit` names another row of the same run; `target` is what we expect of it.

    The target was set on one machine, where the limit was `limit_there`: on another it asks for the same share of the limit.
    """

    key: str
    title: str
    unit: str
    target: float | None = None
    target_p99: float | None = None
    limit: str | None = None
    limit_there: float | None = None
    # Of milliseconds and megabytes fewer are better.
    more_is_better: bool = True


@dataclass
class Row:
    """The rounds of one flow, in the flow's unit; latencies and CPU in milliseconds, one value a round each."""

    flow: Flow
    rounds: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu_ms: list[dict[str, float]] = field(default_factory=list)
    # What went on after the last answer until all was quiet: papers, mails, what other services make of the facts.
    cpu_ms_behind: list[float] = field(default_factory=list)
    # What a figure is made of, by process, where it is not CPU.
    parts: dict[str, float] = field(default_factory=dict)
    errors: int = 0
    first_error: str | None = None

    @property
    def target_share(self) -> float | None:
        """The target as a share (of latencies: a multiple) of the limit beside which it was set."""
        flow = self.flow
        return flow.target / flow.limit_there if flow.target is not None and flow.limit_there is not None else None

    @property
    def median(self) -> float:
        """The middle one of the rounds."""
        return statistics.median(self.rounds)

    def cpu_by_process(self) -> dict[str, float]:
        """The median CPU-ms an operation of each process, the dearest first."""
        names = {name for one in self.cpu_ms for name in one}
        middle = {name: statistics.median(one.get(name, 0.0) for one in self.cpu_ms) for name in names}
        return dict(sorted(((name, round(ms, 3)) for name, ms in middle.items()), key=lambda pair: -pair[1]))

    def kept(self) -> dict[str, Any]:
        """The row as JSON."""
        return {
            "key": self.flow.key,
            "title": self.flow.title,
            "unit": self.flow.unit,
            "more_is_better": self.flow.more_is_better,
            "target": self.flow.target,
            "target_p99": self.flow.target_p99,
            "target_share": _short(self.target_share) if self.target_share is not None else None,
            "limit": self.flow.limit,
            "min": _short(min(self.rounds)),
            "median": _short(self.median),
            "max": _short(max(self.rounds)),
            "p50_ms": _short(statistics.median(self.p50)) if self.p50 else None,
            "p99_ms": _short(statistics.median(self.p99)) if self.p99 else None,
            "cpu_ms": self.cpu_by_process(),
            "cpu_ms_behind": _short(statistics.median(self.cpu_ms_behind)) if self.cpu_ms_behind else None,
            "parts": {name: _short(value) for name, value in self.parts.items()},
            "errors": self.errors,
            "first_error": self.first_error,
        }


def quantiles_ms(seconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    ordered = sorted(seconds)
    p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.50, 0.99))
    return p50, p99


def _short(value: float) -> float:
    """Four digits are more than a bench can tell."""
    return float(f"{value:.4g}")
