"""The gateway's own refusals."""

from chassis.kernel.errors import Invalid, Unavailable


class ServiceSilent(Unavailable):
    """A service behind the gateway does not answer."""

    code = "service_unavailable"
    title = "A service behind the gateway does not answer at the moment"


class NoSuchService(Invalid):
    """The name is not one of our services."""

    code = "no_such_service"
    title = "There is no service of this name"
