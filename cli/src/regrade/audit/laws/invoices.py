"""I14: invoice numbers without gap or repeat, each shipped unit on exactly one invoice, and stored bytes that stay."""

from collections import defaultdict

from regrade.audit.facts import Invoice, Picture
from regrade.audit.law import Finding, Witness, nothing_yet


def numbers_have_no_gap(picture: Picture) -> Finding:
    """Per seller and series the numbers are 1..n, each once (CGI ann. II, art. 242 nonies A; directive 2006/112/EC, 226)."""
    series: dict[tuple[str, str], list[Invoice]] = defaultdict(list)
    for invoice in picture.invoices:
        series[invoice.seller_id, invoice.series].append(invoice)
    found = []
    for (seller, name), invoices in series.items():
        numbers = sorted(invoice.n for invoice in invoices)
        if numbers != list(range(1, len(numbers) + 1)):
            odd = next(n for n, number in enumerate(numbers, start=1) if n != number)
            sentence = f"series {name} of seller {seller}: where number {odd} should stand is {numbers[odd - 1]}"
            found.append(Witness(sentence, {"seller_id": seller, "series": name}, len(numbers)))
        wrong = [one for one in invoices if not one.number.endswith(_digits(one))]
        found += [Witness(f"invoice {one.number} is number {one.n}", {"invoice_id": one.id}) for one in wrong]
    return Finding(picture.where, len(picture.invoices), "invoices", tuple(found), _idle(picture))


def every_unit_stands_on_one_invoice(picture: Picture) -> Finding:
    """Each device that left stands on exactly one invoice, and a seller order's invoices come to what was paid for it.

    An invoice that was contested with success is out: another one stands in its place.
    """
    by_shipment: dict[str, list[Invoice]] = defaultdict(list)
    replaced = {one.replaces_id for one in picture.invoices}
    for invoice in picture.invoices:
        if invoice.kind == "380" and invoice.id not in replaced:
            by_shipment[invoice.shipment_id].append(invoice)
    gross = {part.id: part.gross_minor for part in picture.seller_orders}
    found: list[Witness] = []
    checked = 0
    for shipment in picture.shipments:
        invoices = by_shipment.pop(shipment.id, [])
        if invoices and any(one.state != "issued" for one in invoices):
            # It has its number and waits for a person; whatever it lacks is shown on the dashboard.
            continue
        ids = {"shipment_id": shipment.id}
        units = [unit.upper() for line in shipment.units.values() for unit in line]
        named = [unit.upper() for invoice in invoices for unit in invoice.units]
        checked += len(units)
        missing = [unit for unit in units if named.count(unit) != 1]
        found += [
            Witness(f"device {unit} of shipment {shipment.id} stands on {named.count(unit)} invoices", ids)
            for unit in missing
        ]
        found += [Witness(f"device {unit} is invoiced and did not leave", ids) for unit in named if unit not in units]
        billed = sum(invoice.gross_minor for invoice in invoices)
        if billed != gross.get(shipment.seller_order_id):
            sentence = f"shipment {shipment.id}: invoices of {billed} for a seller order of {gross.get(shipment.seller_order_id)}"
            found.append(Witness(sentence, ids))
        if len({invoice.regime for invoice in invoices}) != len(invoices):
            found.append(Witness(f"shipment {shipment.id} has two invoices of one VAT regime", ids))
    found += [Witness(f"an invoice for shipment {id}, which is not known", {"shipment_id": id}) for id in by_shipment]
    idle = _idle(picture) or nothing_yet(bool(picture.invoices), "every invoice waits to be issued")
    return Finding(picture.where, checked, "devices", tuple(found), idle)


def credit_notes_stay_within_their_invoices(picture: Picture) -> Finding:
    """A credit note names devices of one invoice, each credited once; together they never exceed it.

    Each one is paid back by refunds of its case, for exactly its amount, and no case is refunded without one. One that only
    makes room for a corrected invoice credits all of it, gives nothing back, and has its successor.
    """
    originals = {one.id: one for one in picture.invoices if one.kind == "380"}
    notes = [one for one in picture.invoices if one.kind == "381"]
    found = [
        *(witness for original in originals.values() for witness in _within(original, notes)),
        *(_orphan(one) for one in notes if one.credits_id not in originals),
        *_paid_back(picture, [one for one in notes if one.contest_id is None]),
        *(witness for one in notes if one.contest_id is not None for witness in _succeeded(one, originals)),
    ]
    return Finding(picture.where, len(picture.invoices), "invoices and credit notes", tuple(found), _idle(picture))


def _within(original: Invoice, notes: list[Invoice]) -> list[Witness]:
    mine = [one for one in notes if one.credits_id == original.id]
    ids = {"invoice_id": original.id}
    credited = [unit.upper() for one in mine for unit in one.units]
    invoiced = {unit.upper() for unit in original.units}
    found = [
        Witness(f"device {unit} of invoice {original.number} is credited {credited.count(unit)} times", ids)
        for unit in sorted(set(credited))
        if credited.count(unit) > 1
    ]
    found += [
        Witness(f"device {unit} is credited and does not stand on invoice {original.number}", ids)
        for unit in sorted(set(credited) - invoiced)
        if original.state == "issued"
    ]
    total = sum(one.gross_minor for one in mine)
    if total > original.gross_minor:
        found.append(
            Witness(f"invoice {original.number} of {original.gross_minor} is credited {total}", ids, len(mine))
        )
    return found


def _orphan(note: Invoice) -> Witness:
    return Witness(f"credit note {note.number} credits an invoice that is not known", {"invoice_id": note.id})


def _succeeded(note: Invoice, originals: dict[str, Invoice]) -> list[Witness]:
    ids = {"invoice_id": note.id}
    newer = [one for one in originals.values() if one.replaces_id == note.credits_id]
    old = originals.get(note.credits_id or "")
    if len(newer) != 1 or old is None:
        return [Witness(f"credit note {note.number} makes room for {len(newer)} invoices", ids)]
    amounts = {one.gross_minor for one in (note, old, newer[0])}
    same = len(amounts) == 1 and sorted(note.units) == sorted(old.units) == sorted(newer[0].units)
    # Its successor is issued first.
    if note.state != "issued" or (same and newer[0].state == "issued"):
        return []
    return [Witness(f"invoice {newer[0].number} does not say what credit note {note.number} cancelled", ids)]


def _paid_back(picture: Picture, notes: list[Invoice]) -> list[Witness]:
    promised = {(one.id, one.case_id): one.gross_minor for one in notes if one.state == "issued"}
    back: dict[tuple[str, str | None], int] = defaultdict(int)
    for refund in picture.refunds:
        if refund.case_id is not None or refund.credit_note_id is not None:
            back[refund.credit_note_id or "nothing", refund.case_id] += refund.minor
    return [
        Witness(
            f"credit note {note} of case {case} is over {promised.get((note, case), 0)}, its refunds over {back[note, case]}",
            {"invoice_id": note},
        )
        for note, case in sorted(promised.keys() | back.keys(), key=str)
        if promised.get((note, case), 0) != back[note, case]
    ]


def _digits(invoice: Invoice) -> str:
    """`-000042` of an invoice, `-A00003` of a credit note."""
    return f"-{invoice.n:06d}" if invoice.kind == "380" else f"-A{invoice.n:05d}"


def stored_bytes_are_the_promised_ones(picture: Picture) -> Finding:
    """However often a document is read, its hash is the one that was told."""
    papers = [
        *((f"invoice {one.number}", one.sha256, one.hashes) for one in picture.invoices if one.state == "issued"),
        *((one.name, one.sha256, one.hashes) for one in picture.papers),
    ]
    found = [
        Witness(f"the bytes of {name} have the hash {', '.join(sorted(set(hashes))) or 'nothing'}, told was {promised}")
        for name, promised, hashes in papers
        if set(hashes) != {promised}
    ]
    idle = _idle(picture) or nothing_yet(bool(picture.invoices), "every invoice waits to be issued")
    return Finding(picture.where, len(papers), "documents", tuple(found), idle)


def _idle(picture: Picture) -> str | None:
    return nothing_yet(not picture.shipments, "nothing was shipped yet")
