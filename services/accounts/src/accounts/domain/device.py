"""What is kept of where somebody signs in from: the network without the machine, and the kind of browser."""

from ipaddress import ip_address, ip_network

from accounts.domain.session import Device

# What providers give to one customer: beyond this an address names a person's line.
_PREFIX = {4: 24, 6: 48}
# In this order: most browsers call themselves by the names of others too.
_AGENTS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def device_of(address: str | None, user_agent: str | None) -> Device:
    """The device behind a request's address and User-Agent."""
    return Device(network_of(address), _agent_of(user_agent))


def network_of(address: str | None) -> str | None:
    """`203.0.113.0/24`; None for what is no address."""
    try:
        machine = ip_address(address or "")
    except ValueError:
        return None
    if machine.version == 6 and machine.ipv4_mapped is not None:
        machine = machine.ipv4_mapped
    return str(ip_network((machine, _PREFIX[machine.version]), strict=False))


def _agent_of(user_agent: str | None) -> str | None:
    if not user_agent:
        return None
    return next((name for mark, name in _AGENTS if mark in user_agent), "program")
