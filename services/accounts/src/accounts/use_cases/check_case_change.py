"""The step that application and later edits share: numbers are checked, people and addresses are looked at."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from accounts.domain.errors import ReturnAddressesWrong
from accounts.domain.names import check_names
from accounts.domain.seller import CaseChange
from chassis.kernel.numbers import check_iban


def check_case_change(change: CaseChange, on: date) -> CaseChange:
    """The same with numbers in their one spelling; raises by name what cannot be."""
    check_names(payout_holder=change.payout_holder)
    for address in (*(change.return_addresses or ()), *filter(None, [change.return_address])):
        check_names(street=address.street, city=address.city)
    _check_once("a country has two return addresses", (one.country for one in change.return_addresses or ()))
    _check_once("a country stands there twice", change.ship_from or ())
    if change.owners is not None:
        change.owners.check(on)
    return replace(
        change,
        payout_iban=check_iban(change.payout_iban) if change.payout_iban is not None else None,
        tax=change.tax.checked(on) if change.tax is not None else None,
    )


def _check_once(fault: str, countries: Iterable[str]) -> None:
    named = list(countries)
    if len(set(named)) != len(named):
        raise ReturnAddressesWrong(fault)
