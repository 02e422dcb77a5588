"""I1: the ledger balances, and every place tells the same journals."""

from collections import defaultdict
from collections.abc import Iterator

from regrade.audit.facts import Book, Facts, Journal
from regrade.audit.law import Finding, Witness, nothing_yet


def every_journal_balances(facts: Facts) -> Iterator[Finding]:
    """Debits are credits in each journal, in one currency, with positive amounts; so the whole book sums to zero."""
    for book in facts.books:
        found = [witness for journal in book.journals if (witness := _wrong(journal))]
        idle = nothing_yet(not _money_moved(facts), "no money has moved yet")
        yield Finding(book.where, len(book.journals), "journals", tuple(found), idle)


def every_place_tells_the_same_journals(facts: Facts) -> Iterator[Finding]:
    """Topic, API and database hold the same journals, line by line."""
    for left, right in zip(facts.books, facts.books[1:], strict=False):
        ours, theirs = _lines(left), _lines(right)
        found = [
            Witness(
                f"journal {id} is told differently by {left.where} and {right.where}", {"journal_id": id}, _size(lines)
            )
            for id in sorted(ours.keys() | theirs.keys())
            if (lines := ours.get(id)) != theirs.get(id)
        ]
        idle = nothing_yet(not _money_moved(facts), "no money has moved yet")
        yield Finding(f"{left.where} and {right.where}", len(ours), "journals", tuple(found), idle)


def _money_moved(facts: Facts) -> bool:
    return any(picture.paid_orders or picture.bank_lines for picture in facts.pictures)


def _wrong(journal: Journal) -> Witness | None:
    sums: dict[str, int] = defaultdict(int)
    for posting in journal.postings:
        sums[posting.currency] += posting.debit_minor
    off = {currency: difference for currency, difference in sums.items() if difference}
    ids = {"journal_id": journal.id, "cause": journal.cause}
    if off:
        text = ", ".join(f"{difference:+d} {currency}" for currency, difference in sorted(off.items()))
        return Witness(f"journal {journal.id} ({journal.kind}) does not balance: debits minus credits {text}", ids)
    if len(sums) != 1:
        return Witness(f"journal {journal.id} ({journal.kind}) has {len(sums)} currencies", ids)
    if any(posting.minor <= 0 for posting in journal.postings):
        return Witness(f"journal {journal.id} ({journal.kind}) has an amount that is not positive", ids)
    return None


def _lines(book: Book) -> dict[str, tuple[tuple[str, str, int, str], ...]]:
    return {
        journal.id: tuple(sorted((one.account, one.side, one.minor, one.currency) for one in journal.postings))
        for journal in book.journals
    }


def _size(lines: tuple[tuple[str, str, int, str], ...] | None) -> int:
    return len(lines or ())
