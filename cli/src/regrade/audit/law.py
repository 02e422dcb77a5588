"""What a law is: a sentence with a number, and a pure function that looks for what breaks it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from regrade.audit.facts import Facts, Picture


@dataclass(frozen=True, slots=True)
class Witness:
    """What breaks a law: a sentence, and the ids to look it up by. The smallest `size` is shown."""

    sentence: str
    ids: Mapping[str, str] = field(default_factory=dict)
    size: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at one place gave: how many of what were checked, and what was found wrong.

    `idle` says why there is rightly nothing to check yet; without it, nothing checked proves nothing.
    """

    where: str
    checked: int
    what: str
    witnesses: tuple[Witness, ...] = ()
    idle: str | None = None


class Verdict(StrEnum):
    """What came of a law. `not_asked`: the sides that were looked at cannot tell."""

    OK = "ok"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"
    NOTHING_YET = "nothing_yet"
    NOT_ASKED = "not_asked"


Check = Callable[[Facts], Iterator[Finding]]


@dataclass(frozen=True)
class Law:
    """`at_rest`: it holds between services only when nothing is under way, so it is not asked of a busy platform.

    `tells_unrest`: what breaks it says that the platform is not quiet, which proves nothing yet. `alike`: all places it
    looks at tell of the same things, so that one of them with nothing to check is a sign that it was not read.
    """

    id: str
    sentence: str
    source: str
    check: Check
    at_rest: bool = False
    tells_unrest: bool = False
    alike: bool = True


@dataclass(frozen=True)
class Judgement:
    """A law, what was found, and the verdict."""

    law: Law
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reason: str | None = None

    @property
    def witness(self) -> Witness | None:
        """The smallest thing that breaks the law."""
        found = [witness for finding in self.findings for witness in finding.witnesses]
        return min(found, key=lambda one: (one.size, one.sentence)) if found else None

    @property
    def violations(self) -> int:
        """How many things break it."""
        return sum(len(finding.witnesses) for finding in self.findings)


def judge(law: Law, facts: Facts) -> Judgement:
    """Ask one law. A look that checked nothing where something should be proves nothing."""
    if law.at_rest and facts.unrest is not None:
        return Judgement(law, Verdict.INCONCLUSIVE, reason=facts.unrest)
    findings = tuple(law.check(facts))
    broken = [finding.witnesses[0].sentence for finding in findings if finding.witnesses]
    if broken and law.tells_unrest:
        return Judgement(law, Verdict.INCONCLUSIVE, findings, f"not quiet: {broken[0]}")
    if broken:
        return Judgement(law, Verdict.VIOLATED, findings)
    if not findings:
        return Judgement(law, Verdict.NOT_ASKED, reason="the sides that were looked at cannot tell")
    empty = [finding for finding in findings if finding.checked == 0]
    differs = law.alike and 0 < len(empty) < len(findings)
    unexplained = [finding for finding in empty if finding.idle is None or differs]
    if unexplained:
        first = unexplained[0]
        return Judgement(law, Verdict.INCONCLUSIVE, findings, f"no {first.what} found in {first.where}")
    if len(empty) == len(findings):
        return Judgement(law, Verdict.NOTHING_YET, findings, empty[0].idle)
    return Judgement(law, Verdict.OK, findings)


def in_each_picture(look: Callable[[Picture], Finding | None]) -> Check:
    """A check that asks the same of every picture; None where a picture cannot tell."""

    def check(facts: Facts) -> Iterator[Finding]:
        for picture in facts.pictures:
            finding = look(picture)
            if finding is not None:
                yield finding

    return check


def nothing_yet(is_so: bool, why: str) -> str | None:
    """The reason why there is nothing to check, if that is so."""
    return why if is_so else None


def repeated(values: Iterable[str]) -> list[str]:
    """What occurs more than once, in order."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for value in values:
        if value in seen:
            twice[value] = None
        seen.add(value)
    return list(twice)
