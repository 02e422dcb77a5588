"""Who stands behind a seller: the natural persons who own or control it, or the legal representative where nobody does."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.domain.errors import OwnersWrong
from accounts.domain.names import check_names

# Directive (EU) 2015/849, art. 3(6), as Regulation (EU) 2024/1624, art. 52, puts it: 25 % or more.
THRESHOLD_BASIS_POINTS = 2500
WHOLE_BASIS_POINTS = 10_000
_AGE_MAX_YEARS = 120


class Control(StrEnum):
    """How somebody controls a company: by shares, by votes, or otherwise, such as by the right to appoint the board."""

    SHARES = "shares"
    VOTES = "votes"
    OTHER_MEANS = "other_means"


@dataclass(frozen=True)
class Person:
    """A natural person; `country` (ISO 3166) is where the person lives. Personal data: it stays in accounts."""

    name: str
    birth_date: date
    country: str

    def check(self, on: date) -> None:
        """Refuse a name that misleads and a birthday that cannot be."""
        check_names(name=self.name)
        if not date(on.year - _AGE_MAX_YEARS, 1, 1) <= self.birth_date < on:
            raise OwnersWrong("nobody was born on that day")


@dataclass(frozen=True)
class Owner:
    """A beneficial owner; the share is in basis points (2500 = 25 %), and 0 where control rests on other means alone."""

    person: Person
    share_basis_points: int
    control: Control


@dataclass(frozen=True)
class Owners:
    """All beneficial owners, or the legal representative who stands in where nobody has 25 %."""

    owners: tuple[Owner, ...] = ()
    representative: Person | None = None

    def check(self, on: date) -> None:
        """Refuse what cannot be: shares below the threshold, more than the whole, nobody, or somebody twice."""
        if not self.owners and self.representative is None:
            raise OwnersWrong("name the legal representative where nobody owns 25 % or more")
        if self.owners and self.representative is not None:
            raise OwnersWrong("the legal representative stands in only where nobody owns 25 % or more")
        for person in (*(one.person for one in self.owners), *filter(None, [self.representative])):
            person.check(on)
        named = [(one.person, one.control) for one in self.owners]
        if len(set(named)) != len(named):
            raise OwnersWrong("somebody is named twice")
        for one in self.owners:
            least = 0 if one.control is Control.OTHER_MEANS else THRESHOLD_BASIS_POINTS
            if not least <= one.share_basis_points <= WHOLE_BASIS_POINTS:
                raise OwnersWrong("a share is between 25 % and 100 %", share_basis_points=one.share_basis_points)
        for control in (Control.SHARES, Control.VOTES):
            total = sum(one.share_basis_points for one in self.owners if one.control is control)
            if total > WHOLE_BASIS_POINTS:
                raise OwnersWrong("the shares add up to more than the whole", sum_basis_points=total)
