"""Every refusal of aftersales by name, with its stable code and the sentence the user hears."""

from chassis.kernel.errors import Invalid, NotFound, Unavailable, WrongState


class CoverageNotFound(NotFound):
    """No such coverage, or not the asker's."""

    code = "coverage_not_found"
    title = "There is no such coverage, or it is not yours"


class ShipmentNotFound(NotFound):
    """The shipment was never dispatched, as far as this service was told."""

    code = "shipment_not_found"
    title = "There is no such shipment"


class CoverageMoveRefused(WrongState):
    """The coverage's state does not allow the move."""

    code = "coverage_state"
    title = "The state of the coverage does not allow this"


class ClaimWindowStillOpen(WrongState):
    """The buyer keeps every second that was promised."""

    code = "claim_window_still_open"
    title = "The buyer may still make claims for this shipment"


class CaseNotFound(NotFound):
    """No such case, or not the asker's."""

    code = "case_not_found"
    title = "There is no such case, or it is not yours"


class CaseMoveRefused(WrongState):
    """The case's state does not allow the move."""

    code = "case_state"
    title = "The state of the case does not allow this"


class UnknownUnit(NotFound):
    """No device of this number was sent with the order, or the order is not the asker's."""

    code = "unknown_unit"
    title = "No device with this IMEI or serial number was sent with this order"


class NotDelivered(WrongState):
    """The parcel is still on its way."""

    code = "not_delivered"
    title = "This device has not been delivered yet"


class NotInWarranty(WrongState):
    """The last second of the warranty is over."""

    code = "not_in_warranty"
    title = "The warranty of this device has ended"


class SellerNotKnownYet(Unavailable):
    """`accounts` does not answer; the errand asks again."""

    code = "seller_not_known_yet"
    title = "The seller's data has not arrived yet"


class WarrantyNotKnownYet(Unavailable):
    """The offer's promise is on its way from orders."""

    code = "warranty_not_known_yet"
    title = "The warranty of this device is not known yet; please try again in a moment"


class CaseAlreadyOpen(WrongState):
    """One device is in one open case."""

    code = "case_already_open"
    title = "There is an open case for this device already"


class UnitRefunded(WrongState):
    """The device went back for good."""

    code = "unit_refunded"
    title = "This device was refunded already"


class UnitReplaced(WrongState):
    """Another device took its place, and its warranty."""

    code = "unit_replaced"
    title = "This device was replaced; please name the device that you have now"


class RemedyNotOffered(WrongState):
    """The market offers other remedies."""

    code = "remedy_not_offered"
    title = "This market does not offer this remedy"


class ExclusionUnknown(Invalid):
    """Only what the market's terms exclude may be a reason."""

    code = "exclusion_unknown"
    title = "The market's warranty has no such exclusion"


class ReplacementNotNamed(Invalid):
    """Without its number nobody could claim for it later."""

    code = "replacement_not_named"
    title = "A replacement needs the IMEI or serial number of the new device, and a repair has none"


class BatteryNotMeasured(Invalid):
    """The buyer complains of the battery, and the market promises a least health (row B2)."""

    code = "battery_not_measured"
    title = "Please say how many percent of its capacity the battery has"


class BatteryBelowFloor(Invalid):
    """Below the promised health the battery is replaced (row B2): that is a defect, whatever else the device can do."""

    code = "battery_below_floor"
    title = "This battery is below what the market promises: please confirm the defect"
