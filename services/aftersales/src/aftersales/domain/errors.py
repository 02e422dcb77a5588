"""Every refusal of aftersales by name, with its stable code and the sentence the user hears."""

from chassis.kernel.errors import NotFound, WrongState


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
