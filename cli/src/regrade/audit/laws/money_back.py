"""I4: never more money back than came in, and each refund once."""

from collections import defaultdict

from regrade.audit.facts import Picture, Refund
from regrade.audit.law import Finding, Witness, nothing_yet, repeated


def no_more_goes_back_than_came_in(picture: Picture) -> Finding:
    """Per bank line, card capture and order, refunds stay within what came in; a settled one is booked once, for its amount."""
    found = [
        *_within_the_line(picture),
        *_within_the_capture(picture),
        *_within_the_order(picture),
        *_each_once(picture.refunds),
        *_booked(picture),
        *_taken_from_the_seller(picture),
    ]
    checked = len(picture.bank_lines) + len(picture.refunds)
    idle = nothing_yet(not picture.paid_orders, "no money has come in yet")
    return Finding(picture.where, checked, "bank lines and refunds", tuple(found), idle)


def _within_the_line(picture: Picture) -> list[Witness]:
    back: dict[str, int] = defaultdict(int)
    for refund in picture.refunds:
        if refund.state != "failed" and refund.source_kind == "bank_credit":
            back[refund.source_id] += refund.minor
    received = {line.id: line.minor for line in picture.bank_lines}
    return [
        Witness(
            f"bank line {line} brought {received.get(line, 0)}, and {minor} goes back", {"bank_line_id": line}, minor
        )
        for line, minor in back.items()
        if minor > received.get(line, 0)
    ]


def _within_the_capture(picture: Picture) -> list[Witness]:
    back: dict[str, int] = defaultdict(int)
    for refund in picture.refunds:
        if refund.state != "failed" and refund.source_kind == "card_capture":
            back[refund.source_id] += refund.minor
    captured = {
        journal.cause.removeprefix("card_capture/"): sum(one.minor for one in journal.postings if one.side == "debit")
        for journal in picture.book.journals
        if journal.kind == "P2_captured"
    }
    return [
        Witness(f"card capture {id} brought {captured.get(id, 0)}, and {minor} goes back", {"capture_id": id}, minor)
        for id, minor in back.items()
        if minor > captured.get(id, 0)
    ]


def _within_the_order(picture: Picture) -> list[Witness]:
    came: dict[str, int] = defaultdict(int)
    went: dict[str, int] = defaultdict(int)
    for journal in picture.book.journals:
        to_refund = any(one.kind == "refund.payable" and one.side == "credit" for one in journal.postings)
        for one in journal.postings:
            if one.kind == "buyer.escrow" and one.side == "credit":
                came[one.owner] += one.minor
            elif one.kind == "buyer.escrow" and to_refund:
                went[one.owner] += one.minor
    return [
        Witness(f"order {id} captured {came[id]} and gives {minor} back", {"order_id": id}, minor)
        for id, minor in went.items()
        if minor > came[id]
    ]


def _each_once(refunds: tuple[Refund, ...]) -> list[Witness]:
    keys = [
        f"{one.source_kind} {one.source_id}, cause {one.cause}, order {one.order_id}, credit note {one.credit_note_id}, "
        f"part {one.seller_order_id}"
        for one in refunds
    ]
    return [Witness(f"refunded twice for the same reason: {key}") for key in repeated(keys)]


def _taken_from_the_seller(picture: Picture) -> list[Witness]:
    """What goes back for invoiced goods was taken from their seller first, once and for the same amount."""
    taken: dict[str, int] = defaultdict(int)
    for journal in picture.book.journals:
        for one in journal.postings:
            if journal.kind == "P9_credited" and one.kind == "refund.payable":
                taken[one.owner] += one.minor
    return [
        Witness(
            f"refund {refund.id} of {refund.minor} is {refund.state}, and {taken[refund.id]} was taken from the seller",
            {"refund_id": refund.id},
        )
        for refund in picture.refunds
        if taken[refund.id] not in _may_be_taken(refund)
    ]


def _may_be_taken(refund: Refund) -> tuple[int, ...]:
    if refund.case_id is None:
        return (0,)
    # Until somebody's money is there for it, a refund waits.
    return (0, refund.minor) if refund.state == "created" else (refund.minor,)


def _booked(picture: Picture) -> list[Witness]:
    booked: dict[str, list[int]] = defaultdict(list)
    for journal in picture.book.journals:
        for one in journal.postings:
            if one.kind == "refund.payable" and one.side == "debit":
                booked[one.owner].append(one.minor)
    found = []
    for refund in picture.refunds:
        wanted = [refund.minor] if refund.state == "settled" else []
        if booked.pop(refund.id, []) != wanted:
            sentence = f"refund {refund.id} of {refund.minor} is {refund.state}, and the books do not say so"
            found.append(Witness(sentence, {"refund_id": refund.id}))
    found += [
        Witness(f"{sum(minor)} is booked as refunded by {id}, which is not known") for id, minor in booked.items()
    ]
    return found
