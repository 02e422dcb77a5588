"""What stands on a credit note: the units that came back, at the prices and VAT of their invoice's own frozen paper."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from chassis.kernel.errors import Invalid
from documents.invoice_data import DocumentAmount, InvoiceLine, PrecedingInvoice, VatRow
from documents.invoice_data import Invoice as Paper
from tax import half_up, percent_of

_Group = tuple[str, str | None]


class NothingToCredit(Invalid):
    """None of the devices stands on this invoice, or all of them were credited before."""

    code = "nothing_to_credit"
    title = "These devices are not on the invoice, or were credited before"


@dataclass(frozen=True, slots=True)
class Credited:
    """What earlier credit notes of the same invoice took: the devices, and the minor units that the buyer got for them."""

    units: frozenset[str] = frozenset()
    payable_minor: int = 0


def credited_by(papers: Sequence[Paper]) -> Credited:
    """The sum of earlier credit notes of one invoice."""
    return Credited(
        frozenset(serial.value for paper in papers for line in paper.lines for serial in line.serials),
        sum(paper.gross_minor + paper.rounding_minor for paper in papers),
    )


def units_on(paper: Paper, wanted: Collection[str]) -> frozenset[str]:
    """Which of the devices stand on a document."""
    return frozenset(serial.value for line in paper.lines for serial in line.serials if serial.value in wanted)


def draw_up_credit_note(
    original: Paper,
    units: Collection[str],
    before: Credited,
    number: str,
    day: date,
    refund_until: date,
    displayed_minor: int | None = None,
) -> Paper:
    """The credit note (381) of some devices of an invoice. Raises NothingToCredit.

    A line's net is shared over its pieces cumulatively, so that the credit notes of an invoice never come to more than it.
    The one that credits the last device takes the rest: with it the whole seller order came back, so shipping is refunded
    too (the share of each VAT category with the last device in it). `displayed_minor` is what these pieces cost where
    prices include VAT; the paper's own rounding (BT-114) meets it.
    """
    fresh = units_on(original, units) - before.units
    if not fresh:
        raise NothingToCredit(invoice=original.number)
    lines = tuple(line for line in (_credited_line(one, fresh, before.units) for one in original.lines) if line)
    left_over = _groups_of(original, without=before.units | fresh)
    fresh_groups = {_group(line) for line in lines}
    shipping = tuple(one for one in original.shipping if _of_part(one) in fresh_groups - left_over)
    is_last = not left_over
    discount = tuple(_discount_part(one, original, lines, before.units) for one in original.discount)
    discount = tuple(one for one in discount if one.net_minor)
    rows = tuple(row for row in (_row(one, lines, shipping, discount) for one in original.breakdown) if row is not None)
    net, vat = sum(row.base_minor for row in rows), sum(row.vat_minor for row in rows)
    left = original.gross_minor + original.rounding_minor - before.payable_minor
    wanted = net + vat if displayed_minor is None else displayed_minor
    payable = left if is_last else min(wanted, left)
    return replace(
        original,
        kind=381,
        number=number,
        issue_date=day,
        lines=lines,
        breakdown=rows,
        net_minor=net,
        vat_minor=vat,
        gross_minor=net + vat,
        rounding_minor=payable - net - vat,
        paid_minor=payable,
        payment=replace(original.payment, paid_on=day, due_on=refund_until),
        shipping=shipping,
        discount=discount,
        preceding=PrecedingInvoice(original.number, original.issue_date),
    )


def _credited_line(line: InvoiceLine, units: frozenset[str], before: frozenset[str]) -> InvoiceLine | None:
    serials = tuple(serial for serial in line.serials if serial.value in units)
    if not serials:
        return None
    earlier = sum(serial.value in before for serial in line.serials)
    net = _share(line.net_minor, earlier + len(serials), line.quantity) - _share(line.net_minor, earlier, line.quantity)
    return replace(line, quantity=len(serials), net_minor=net, serials=serials)


def _discount_part(
    part: DocumentAmount, original: Paper, lines: Sequence[InvoiceLine], before: frozenset[str]
) -> DocumentAmount:
    """The discount on what is credited, shared like the goods it was given on."""
    group = _of_part(part)
    goods = sum(line.net_minor for line in original.lines if _group(line) == group)
    now = sum(line.net_minor for line in lines if _group(line) == group)
    earlier = sum(
        _share(line.net_minor, sum(serial.value in before for serial in line.serials), line.quantity)
        for line in original.lines
        if _group(line) == group
    )
    net = _share(part.net_minor, earlier + now, goods) - _share(part.net_minor, earlier, goods)
    return replace(part, net_minor=net)


def _row(
    row: VatRow, lines: Sequence[InvoiceLine], shipping: Sequence[DocumentAmount], discount: Sequence[DocumentAmount]
) -> VatRow | None:
    group = (row.category_code, row.rate_percent)
    if all(_group(line) != group for line in lines):
        return None
    base = (
        sum(line.net_minor for line in lines if _group(line) == group)
        + sum(part.net_minor for part in shipping if _of_part(part) == group)
        - sum(part.net_minor for part in discount if _of_part(part) == group)
    )
    return replace(row, base_minor=base, vat_minor=percent_of(base, row.rate_percent or "0"))


def _groups_of(paper: Paper, without: frozenset[str]) -> frozenset[_Group]:
    """The VAT groups in which devices are left."""
    return frozenset(
        _group(line) for line in paper.lines if any(serial.value not in without for serial in line.serials)
    )


def _of_part(part: DocumentAmount) -> _Group:
    return part.category_code, part.rate_percent


def _group(line: InvoiceLine) -> _Group:
    return line.category_code, line.rate_percent


def _share(whole: int, pieces: int, of: int) -> int:
    return half_up(Fraction(whole * pieces, of))
