"""The gateway's own refusals."""

from chassis.kernel.errors import Invalid, Unavailable, WrongState


class ServiceSilent(Unavailable):
    """A service behind the gateway does not answer."""

    code = "service_unavailable"
    title = "A service behind the gateway does not answer at the moment"


class NoSuchService(Invalid):
    """The name is not one of our services."""

    code = "no_such_service"
    title = "There is no service of this name"


class StillFailing(WrongState):
    """The handler failed again; nothing was changed."""

    code = "still_failing"
    title = "It failed again, and everything stays parked; the service's log has the error"


class NotSent(Exception):
    """No connection to a service came about, so nothing can have changed there."""


class AnswerLost(Exception):
    """The request was sent and its answer did not come, or not whole: nobody knows what it did."""
