"""Every refusal of this service, by name and with a stable code."""

from chassis.kernel.errors import Forbidden, Invalid, NotFound, Unavailable, WrongState


class OrderNotFound(NotFound):
    """Not there, or another company's."""

    code = "order_not_found"
    title = "There is no such order, or it is not yours"


class SellerOrderNotFound(NotFound):
    """Not there, or another seller's."""

    code = "seller_order_not_found"
    title = "There is no such seller order, or it is not yours"


class ShipmentNotFound(NotFound):
    """Not there."""

    code = "shipment_not_found"
    title = "There is no such shipment"


class PurchaseOrderNotReady(NotFound):
    """The paper needs the buyer's virtual account, which the payment provider opens first."""

    code = "purchase_order_not_ready"
    title = "The purchase order of this order is not ready yet"


class OrderMoveRefused(WrongState):
    """The order's state table does not know this move."""

    code = "order_move_refused"
    title = "The state of the order does not allow this"


class SellerOrderMoveRefused(WrongState):
    """The seller order's state table does not know this move."""

    code = "seller_order_move_refused"
    title = "The state of the seller order does not allow this"


class ShipmentMoveRefused(WrongState):
    """The shipment's state table does not know this move."""

    code = "shipment_move_refused"
    title = "The state of the shipment does not allow this"


class OpenHoldsLimit(WrongState):
    """Stock that is held but not paid for is capped per buyer, so that nobody can empty a shop at no cost."""

    code = "open_holds_limit"
    title = "Your unpaid orders hold as much stock as this market allows"


class CartNotFound(NotFound):
    """Not there, another company's, or gone with the order that was made of it."""

    code = "cart_not_found"
    title = "There is no such cart, or it is not yours"


class CartNameTaken(WrongState):
    """The people of a company tell its carts apart by their names."""

    code = "cart_name_taken"
    title = "Your company has another cart of this name"


class TooManyCarts(WrongState):
    """A cart costs its company nothing, so their number has an end."""

    code = "too_many_carts"
    title = "Your company keeps as many carts as there may be; remove one first"


class CartChanged(WrongState):
    """A cart is ordered as its buyer has looked at it, and each version of it once."""

    code = "cart_changed"
    title = "The cart was ordered or changed since you have looked at it"


class ExpectedPriceWithoutLine(Invalid):
    """A price is agreed to for a line of the cart."""

    code = "expected_price_without_line"
    title = "A price is named for an offer that is not in the cart"


class TrustTierUnknown(Invalid):
    """No market has a tier of that name."""

    code = "trust_tier_unknown"
    title = "There is no such tier of trust"


class BuyerNotKnown(NotFound):
    """No company of this id has shown itself here."""

    code = "buyer_not_known"
    title = "There is no such buyer company"


class CancellationNotSelfService(WrongState):
    """The market lets a buyer out of an unpaid order on request only."""

    code = "cancellation_not_self_service"
    title = "In this market an order is cancelled through support"


class AddressChangeNotPossible(WrongState):
    """Nothing is held yet, or the order has ended."""

    code = "address_change_not_possible"
    title = "This order has nothing that could be sent to another address"


class AddressAlreadyShipped(WrongState):
    """What has left goes where it was sent to."""

    code = "address_already_shipped"
    title = "Everything in this order has left, or is being handed over: ask the carrier"


class AddressChangePending(WrongState):
    """One wish at a time."""

    code = "address_change_pending"
    title = "A seller has not answered the last change of address yet"


class AddressChangesVat(WrongState):
    """The sums are agreed, and a change of address moves no money.

    `reason` is other_sum, or why the VAT rules cannot tell the sum at that place.
    """

    code = "address_changes_vat"
    title = (
        "At that address the VAT of this order would come to another sum: keep the address, or end it and order anew"
    )


class RedeliveryAskedAlready(WrongState):
    """One wish for each attempt that failed."""

    code = "redelivery_asked_already"
    title = "Another delivery has been asked for already; the carrier's next scan tells what became of it"


class CancellationReasonNotAccepted(Invalid):
    """A seller is free of a paid order only for what its market's contract names (rows C2, B9)."""

    code = "cancellation_reason_not_accepted"
    title = "In this market a seller cannot end a paid order for this reason"


class DelayComesFirst(WrongState):
    """The market wants the buyer to be told of a delay before the order is given up (row C10)."""

    code = "delay_comes_first"
    title = (
        "In this market a paid order that is out of stock is late first: tell its buyer of the delay, and end it after its "
        "ship-by date if it still cannot be delivered"
    )


class NothingToCancel(WrongState):
    """No part of the order is paid and still there."""

    code = "nothing_to_cancel"
    title = (
        "No part of this order is paid and not yet on its way; an unpaid order is cancelled, an arrived one returned"
    )


class CancellationByWithdrawalOnly(WrongState):
    """The market ends what is paid by withdrawal, after it has arrived (row C5)."""

    code = "cancellation_by_withdrawal_only"
    title = "In this market what is paid is not cancelled: withdraw from it after it has arrived"


class CancellationAskedAlready(WrongState):
    """A seller is asked once; its answer, or its silence, stands."""

    code = "cancellation_asked_already"
    title = "Its seller has been asked already, and the answer stands; a parcel that is late enough ends without it"


class CancellationNotAsked(WrongState):
    """There is no wish to answer."""

    code = "cancellation_not_asked"
    title = "Its buyer does not wait for an answer about cancelling it"


class DelayEndsInThePast(Invalid):
    """A delay is told for a day to come."""

    code = "delay_ends_in_the_past"
    title = "The day on which it is expected to leave is over"


class PackingSlipTooEarly(WrongState):
    """The slip names the delivery address, which a seller learns when the order is paid."""

    code = "packing_slip_too_early"
    title = "There is no packing slip for a seller order that is not paid"


class NothingToPick(NotFound):
    """A list without a line is no paper."""

    code = "nothing_to_pick"
    title = "No order waits to be shipped"


class ParcelTableUnreadable(Invalid):
    """No text, no table, or a cell that cannot be what its column says."""

    code = "parcel_table_unreadable"
    title = "The table of parcels cannot be read"


class ParcelTableColumns(Invalid):
    """The header does not name what a parcel needs."""

    code = "parcel_table_columns"
    title = "The table of parcels has other columns than it needs"


class ParcelTableTooLong(Invalid):
    """More than a morning's work; send the rest as another table."""

    code = "parcel_table_too_long"
    title = "The table holds too many parcels"


class ParcelIncomplete(Invalid):
    """Neither row of a parcel says it."""

    code = "parcel_incomplete"
    title = "A parcel needs a carrier and a tracking number"


class ParcelContradicts(Invalid):
    """An order leaves in one parcel; two labels cannot both be right."""

    code = "parcel_contradicts"
    title = "The rows of this parcel contradict each other"


class SkuNotOrdered(Invalid):
    """The device in the parcel is none that was ordered."""

    code = "sku_not_ordered"
    title = "This order has no line with that SKU"


class VatNotCleared(WrongState):
    """The VAT treatment still waits for an answer; goods that left could not be taxed otherwise any more."""

    code = "vat_not_cleared"
    title = "The VAT of this seller order is still being checked"


class SerialAlreadyShipped(WrongState):
    """A device leaves the platform's sellers once, until it comes back for good."""

    code = "serial_already_shipped"
    title = "A device with this number was shipped before"


class UnitHeldElsewhere(WrongState):
    """A device's passport lies with another seller; a device is in one place."""

    code = "unit_held_elsewhere"
    title = "A device with this number is held by another seller"


class BatteryBelowFloor(WrongState):
    """The measured battery of a device is below what the order's market promises (row B2)."""

    code = "battery_below_floor"
    title = "A battery is below what this market promises"


class CardCaptureFailed(WrongState):
    """The card is charged when the goods leave; the buyer is asked to pay again."""

    code = "card_capture_failed"
    title = "The buyer's card could not be charged, so the parcel must not leave"


class ParcelAlreadyKnown(WrongState):
    """A tracking number belongs to one shipment."""

    code = "parcel_already_known"
    title = "This tracking number belongs to another shipment"


class OrderWithoutLines(Invalid):
    """Nothing was ordered."""

    code = "order_without_lines"
    title = "An order needs 1 to 200 lines"


class OfferTwice(Invalid):
    """The same offer stands on two lines."""

    code = "offer_twice"
    title = "Each offer stands on one line of an order only"


class QuantityOutOfRange(Invalid):
    """Less than one, or more than the platform takes."""

    code = "quantity_out_of_range"
    title = "The quantity of a line is 1 to 9999"


class CurrencyNotAccepted(Invalid):
    """The market, or the price country in it, does not use this currency."""

    code = "currency_not_accepted"
    title = "This market does not take orders in this currency"


class PriceCountryNotServed(Invalid):
    """The market has no prices for this country."""

    code = "price_country_not_served"
    title = "This market has no prices for this country"


class CountryNotServed(Invalid):
    """The market does not deliver there."""

    code = "country_not_served"
    title = "This market does not deliver to this country"


class AreaNotServed(Invalid):
    """The country is served, this part of it is not."""

    code = "area_not_served"
    title = "This market does not deliver to this area"


class BuyerWithoutMarket(Forbidden):
    """Only buyers belong to a market, and only who belongs to one can order in it."""

    code = "buyer_without_market"
    title = "Only a buyer company of a market can order"


class UnitsDoNotMatch(Invalid):
    """A shipment names every unit of every line, no more and no fewer."""

    code = "units_do_not_match"
    title = "The shipment must name each ordered unit exactly once"


class UnitNumberMissing(Invalid):
    """A unit is named by its IMEI or by its serial number, never by both."""

    code = "unit_number_missing"
    title = "A unit is named either by its IMEI or by its serial number"


class UnitTwice(Invalid):
    """The same device stands twice in one shipment."""

    code = "unit_twice"
    title = "The same device stands twice in this shipment"


class CarrierNotAccepted(Invalid):
    """The market, or the delivery country in it, has a list of carriers, and this is none of them."""

    code = "carrier_not_accepted"
    title = "This market does not use this carrier"


class PoNumberRequired(Invalid):
    """The buyer company wants its own order number on each order; it goes into `buyer_reference`."""

    code = "po_number_required"
    title = "Your company wants a PO number on each order: put it into buyer_reference"


class CostCentreRequired(Invalid):
    """The buyer company keeps limits on cost centres, so that each order has to name one."""

    code = "cost_centre_required"
    title = "Your company wants each order to name a cost centre"


class CostCentreUnknown(Invalid):
    """The buyer company has no such cost centre."""

    code = "cost_centre_unknown"
    title = "Your company has no such cost centre"


class ApproverNeeded(Forbidden):
    """An approval is a person's word; a program has none."""

    code = "person_needed"
    title = "An order is approved by a person, not by a program"


class NotYourApproval(Forbidden):
    """Neither an approver of the present step nor somebody's delegate of that day, or the one who placed the order."""

    code = "not_your_approval"
    title = "This step of the approval is not yours to take"


class ApprovalStepOver(WrongState):
    """Somebody else was faster: the step that the decision is about has been taken."""

    code = "approval_step_over"
    title = "This step of the approval has been taken"


class PartyNotKnownYet(Unavailable):
    """The company's data is still on its way from accounts."""

    code = "party_not_known_yet"
    title = "The data of a company is not here yet"


class EstimateNotGiven(Unavailable):
    """Catalog does not say at the moment what the lines cost; it is asked again."""

    code = "estimate_not_given"
    title = "The prices of the order are not known at the moment"
