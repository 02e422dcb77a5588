"""Asks all laws, and says what that means for a script."""

from collections.abc import Iterable

from regrade.audit.facts import Facts
from regrade.audit.law import Judgement, Law, Verdict, judge

CLEAN, BROKEN, INCONCLUSIVE = 0, 1, 2


def judge_all(laws: Iterable[Law], facts: Facts) -> tuple[Judgement, ...]:
    """Every law's judgement, in order."""
    return tuple(judge(law, facts) for law in laws)


def exit_code(judgements: Iterable[Judgement]) -> int:
    """0 clean, 1 some law is broken, 2 something could not be told. Nothing asked at all proves nothing."""
    verdicts = {judgement.verdict for judgement in judgements}
    if Verdict.VIOLATED in verdicts:
        return BROKEN
    if Verdict.INCONCLUSIVE in verdicts or Verdict.OK not in verdicts:
        return INCONCLUSIVE
    return CLEAN
