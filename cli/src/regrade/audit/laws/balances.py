"""I2: balances are the fold of the postings, other people's money is never negative, and escrow covers what is owed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

from regrade.audit.facts import Book, Facts, Journal
from regrade.audit.law import Finding, Witness, nothing_yet

# What grows by debits. Everything else is owed to somebody or earned, and grows by credits.
_ASSETS = ("psp.cash", "psp.card", "psp.voucher", "buyer.receivable", "mkt.cash", "mkt.psp_fees", "mkt.receivable")
# Both sides of the escrow equation: what lies at the provider, and for whom.
_AT_PROVIDER = ("psp.cash", "psp.card", "psp.voucher")
_OWED = ("buyer.escrow", "buyer.unapplied", "seller.pending", "seller.available", "refund.payable")
# Commission stays in escrow until it is swept to the platform's own account.
_PLATFORM = ("mkt.commission", "mkt.vat_out", "mkt.cash", "mkt.receivable")

_Key = tuple[str, str]


def balances_are_the_fold(facts: Facts) -> Iterator[Finding]:
    """Every balance that is told equals the sum of its postings, and every posted account has one."""
    for book in facts.books:
        if book.balances is None:
            continue
        folded = _fold(book.journals)
        found = [
            Witness(
                f"{account} shows {told} {currency}, its postings sum to {summed}",
                {"account": account, "currency": currency},
                abs(told - summed),
            )
            for account, currency in sorted(folded.keys() | book.balances.keys())
            if (told := book.balances.get((account, currency), 0)) != (summed := folded.get((account, currency), 0))
        ]
        idle = nothing_yet(not book.journals, "no money has moved yet")
        yield Finding(book.where, len(book.balances), "accounts", tuple(found), idle)


def no_ones_money_is_negative(facts: Facts) -> Iterator[Finding]:
    """Replayed in order, no account but the platform's own is ever below zero."""
    for book in facts.books:
        if not book.is_in_order:
            continue
        running: dict[_Key, int] = defaultdict(int)
        found: list[Witness] = []
        for n, journals in enumerate(_steps(book), start=1):
            changed = _fold(journals)
            for key, change in changed.items():
                running[key] += change
                if _grown(key[0], running[key]) < 0 and not key[0].startswith("mkt."):
                    sentence = f"{key[0]} falls to {_grown(key[0], running[key])} {key[1]} after {n} steps"
                    found.append(Witness(sentence, {"account": key[0], "journal_id": journals[0].id}, n))
        idle = nothing_yet(not book.journals, "no money has moved yet")
        yield Finding(book.where, len(book.journals), "prefixes", tuple(found), idle)


def escrow_covers_what_is_owed(facts: Facts) -> Iterator[Finding]:
    """After each step: money at the provider = escrow + unapplied + pending + available + refunds owed + unswept commission."""
    for book in facts.books:
        if not book.is_in_order:
            continue
        at_provider: dict[str, int] = defaultdict(int)
        found: list[Witness] = []
        for n, journals in enumerate(_steps(book), start=1):
            for posting in (posting for journal in journals for posting in journal.postings):
                if posting.kind in (*_AT_PROVIDER, *_OWED, *_PLATFORM):
                    at_provider[posting.currency] += posting.debit_minor
            for currency, difference in at_provider.items():
                if difference:
                    sentence = f"after {n} steps the money at the provider is off by {difference:+d} {currency}"
                    found.append(Witness(sentence, {"journal_id": journals[0].id}, n))
        idle = nothing_yet(not book.journals, "no money has moved yet")
        yield Finding(book.where, len(book.journals), "prefixes", tuple(found), idle)


def _grown(account: str, debit_minor: int) -> int:
    return debit_minor if account.partition(":")[0] in _ASSETS else -debit_minor


def _fold(journals: Iterable[Journal]) -> dict[_Key, int]:
    sums: dict[_Key, int] = defaultdict(int)
    for posting in (posting for journal in journals for posting in journal.postings):
        sums[posting.account, posting.currency] += posting.debit_minor
    return sums


def _steps(book: Book) -> Iterator[list[Journal]]:
    ordered = sorted(book.journals, key=lambda journal: journal.step)
    for _, journals in groupby(ordered, key=lambda journal: journal.step):
        yield list(journals)
