"""I6: the payment provider's journal and ours are the same, amount by amount."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from regrade.audit.facts import Book, Facts, Picture, ProviderLine
from regrade.audit.law import Finding, Witness, nothing_yet


def the_provider_tells_the_same(facts: Facts) -> Iterator[Finding]:
    """Credits, card captures, transfers, payouts and refunds: each money move under our name at most once, and for our amount."""
    if facts.provider is None:
        return
    for picture in facts.pictures:
        found = [
            *_same("credit", _credits(facts.provider), {one.credit_id: one.minor for one in picture.bank_lines}),
            *_same(
                "card capture",
                _card_captures(facts.provider),
                _booked(picture.book, "P2_card_settled", "card_capture/"),
            ),
            *_same("payout", _finished(facts.provider, "payout"), _booked(picture.book, "P7_paid_out", "payout/")),
            *_same("refund", _finished(facts.provider, "refund"), _booked(picture.book, "P8_refund_paid", "refund/")),
            *_transfers(facts.provider, picture),
            *_once(facts.provider),
            *_what_lies_there(facts.provider, picture.book),
        ]
        idle = nothing_yet(not picture.bank_lines and not picture.paid_orders, "no money has come in yet")
        yield Finding(f"provider and {picture.where}", len(facts.provider), "money moves", tuple(found), idle)


def _credits(lines: tuple[ProviderLine, ...]) -> dict[str, int]:
    return {line.object_id: line.minor for line in lines if line.kind == "credit"}


def _card_captures(lines: tuple[ProviderLine, ...]) -> dict[str, int]:
    return {line.reference: line.minor for line in lines if line.kind == "card_capture"}


def _finished(lines: tuple[ProviderLine, ...], kind: str) -> dict[str, int]:
    return {line.reference: line.minor for line in lines if line.kind == f"{kind}.settled"}


def _booked(book: Book, kind: str, prefix: str) -> dict[str, int]:
    return {
        journal.cause.removeprefix(prefix): sum(one.minor for one in journal.postings if one.side == "debit")
        for journal in book.journals
        if journal.kind == kind
    }


def _same(what: str, theirs: Mapping[str, int], ours: Mapping[str, int]) -> list[Witness]:
    return [
        Witness(
            f"{what} {name}: the provider says {theirs.get(name, 'nothing')}, we say {ours.get(name, 'nothing')}",
            {f"{what}_reference": name},
        )
        for name in sorted(theirs.keys() | ours.keys())
        if theirs.get(name) != ours.get(name)
    ]


def _transfers(lines: tuple[ProviderLine, ...], picture: Picture) -> list[Witness]:
    """A transfer pays a seller order its release, the platform its commission, or brings a refund together.

    Each is booked before or with it.
    """
    released, commission = _earned(picture.book)
    sent = {line.reference: line.minor for line in lines if line.kind == "transfer"}
    swept = _swept_parts(picture)
    booked = {**{f"settlement/{part}": minor for part, minor in released.items()}, **_for_refunds(picture)}
    allowed = {**booked, **{f"commission/{part}": minor for part, minor in commission.items() if minor}}
    must = {*booked, *(f"commission/{part}" for part in swept if commission.get(part))}
    return [
        Witness(
            f"transfer {name}: the provider says {sent.get(name, 'nothing')}, we say {allowed.get(name, 'nothing')}",
            {"transfer_reference": name},
        )
        for name in sorted(sent.keys() | must)
        if sent.get(name) != allowed.get(name)
    ]


def _for_refunds(picture: Picture) -> dict[str, int]:
    """What moved so that a refund's money lay where it came in, by the name of the transfer."""
    note_of = {f"refund/{one.id}": one.credit_note_id for one in picture.refunds}
    found: dict[str, int] = defaultdict(int)
    for journal in picture.book.journals:
        name = journal.cause.partition("/")[2]
        for one in journal.postings:
            match journal.kind, one.kind:
                case ("P7_commission_swept_back", "mkt.cash"):
                    found[f"swept_back/{name}"] += one.minor
                case ("P13_advanced", "mkt.cash"):
                    found[f"advance/{name}"] += one.minor
                case ("P13_advance_recovered", "mkt.cash"):
                    found[f"recovery/{name}"] += one.minor
                case ("P9_credited", "seller.available"):
                    found[f"credit/{note_of.get(journal.cause)}"] += one.minor
                case ("P9_commission_reversed", "seller.available"):
                    found[f"credit/{name}"] -= one.minor
    return dict(found)


def _earned(book: Book) -> tuple[dict[str, int], dict[str, int]]:
    released: dict[str, int] = defaultdict(int)
    commission: dict[str, int] = defaultdict(int)
    for journal in book.journals:
        for one in journal.postings:
            if one.kind == "seller.pending" and one.side == "debit":
                if journal.kind.startswith("P5"):
                    commission[one.owner] += one.minor
                elif journal.kind.startswith("P6"):
                    released[one.owner] += one.minor
        # What was given back before the sweep was never swept; what was given back after it came back by name.
        part = journal.seller_order_id or ""
        if journal.kind == "P9_commission_reversed":
            commission[part] -= sum(one.minor for one in journal.postings if one.side == "debit")
        elif journal.kind == "P7_commission_swept_back":
            commission[part] += sum(one.minor for one in journal.postings if one.side == "debit")
    return released, commission


def _swept_parts(picture: Picture) -> set[str]:
    swept = {one.cause.removeprefix("payout/") for one in picture.book.journals if one.kind == "P7_commission_swept"}
    return {part for payout in picture.payouts if payout.id in swept for part in payout.seller_order_ids}


def _once(lines: tuple[ProviderLine, ...]) -> list[Witness]:
    names = Counter((line.kind, line.reference) for line in lines if line.kind != "credit")
    names.update((line.kind, line.object_id) for line in lines if line.kind == "credit")
    return [Witness(f"{kind} {name} moved money {times} times") for (kind, name), times in names.items() if times > 1]


def _what_lies_there(lines: tuple[ProviderLine, ...], book: Book) -> list[Witness]:
    """At rest the wallets, and what is on its way, hold what our books say lies at the provider."""
    there: dict[str, int] = defaultdict(int)
    ours: dict[str, int] = defaultdict(int)
    for line in lines:
        there[line.currency] += line.minor * ((line.from_account == "bank") - (line.to_account == "bank"))
    for one in (posting for journal in book.journals for posting in journal.postings):
        if one.kind in ("psp.cash", "mkt.cash"):
            ours[one.currency] += one.debit_minor
    return [
        Witness(
            f"{there[currency]} {currency} lies at the provider, and our books say {ours[currency]}", size=len(lines)
        )
        for currency in sorted(there.keys() | ours.keys())
        if there[currency] != ours[currency]
    ]
