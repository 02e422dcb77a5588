"""Says what came of the laws: for people in lines, for programs as JSON."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from regrade.audit.judge_all import BROKEN, CLEAN, exit_code
from regrade.audit.law import Finding, Judgement, Verdict

_WORDS = {
    Verdict.OK: ("ok", "green"),
    Verdict.VIOLATED: ("VIOLATED", "bold red"),
    Verdict.INCONCLUSIVE: ("cannot tell", "yellow"),
    Verdict.NOTHING_YET: ("nothing yet", "dim"),
    Verdict.NOT_ASKED: ("not asked", "dim"),
}
_PLACES_NAMED_MAX = 3


def print_report(console: Console, judgements: Sequence[Judgement]) -> None:
    """One line per law with its figures, and below a broken one its smallest witness."""
    for judgement in judgements:
        word, style = _WORDS[judgement.verdict]
        line = Text.assemble((f"{judgement.law.id:<4}", "bold"), (f"{word:<12}", style), judgement.law.sentence)
        console.print(line, soft_wrap=True)
        console.print(Text(f"{'':16}{_figures(judgement.findings) or judgement.reason or ''}", "dim"), soft_wrap=True)
        for extra in _details(judgement):
            console.print(Text(f"{'':16}{extra}", style), soft_wrap=True)
    console.print()
    console.print(_summary(judgements), soft_wrap=True)


def as_json(judgements: Sequence[Judgement]) -> dict[str, Any]:
    """The whole report; `exit_code` is the process's."""
    code = exit_code(judgements)
    return {
        "verdict": {CLEAN: "clean", BROKEN: "violated"}.get(code, "inconclusive"),
        "exit_code": code,
        "laws": [_law(judgement) for judgement in judgements],
    }


def _law(judgement: Judgement) -> dict[str, Any]:
    witness = judgement.witness
    return {
        "id": judgement.law.id,
        "sentence": judgement.law.sentence,
        "source": judgement.law.source,
        "verdict": str(judgement.verdict),
        "reason": judgement.reason,
        "checked": [
            {
                "where": finding.where,
                "what": finding.what,
                "count": finding.checked,
                "violations": len(finding.witnesses),
            }
            for finding in judgement.findings
        ],
        "violations": judgement.violations,
        "witness": None if witness is None else {"sentence": witness.sentence, **witness.ids},
    }


def _figures(findings: Sequence[Finding]) -> str:
    if len(findings) > _PLACES_NAMED_MAX:
        return f"{sum(one.checked for one in findings):,} {findings[0].what} ({len(findings)} places)"
    return " · ".join(f"{one.checked:,} {one.what} ({one.where})" for one in findings)


def _details(judgement: Judgement) -> list[str]:
    if judgement.verdict is Verdict.VIOLATED and judgement.witness is not None:
        more = f"   [{judgement.violations} in all]" if judgement.violations > 1 else ""
        ids = "  ".join(f"{name}={value}" for name, value in judgement.witness.ids.items())
        return [f"{judgement.witness.sentence}{more}", *([ids] if ids else [])]
    # Without figures the reason stands in their place already.
    return [judgement.reason] if judgement.reason and judgement.findings else []


def _summary(judgements: Sequence[Judgement]) -> Text:
    code = exit_code(judgements)
    counts = {verdict: sum(one.verdict is verdict for one in judgements) for verdict in Verdict}
    figures = ", ".join(f"{count} {_WORDS[verdict][0].lower()}" for verdict, count in counts.items() if count)
    if code == CLEAN:
        return Text(f"Clean: {figures}.", "green")
    if code == BROKEN:
        return Text(f"Some laws are broken: {figures}.", "bold red")
    return Text(f"Not everything could be told: {figures}.", "yellow")
