"""Where the platform of this clone is: the ports it was started with, told by its contract file."""

import os
from urllib.parse import urlsplit

from launcher.paths import StatePaths
from launcher.ports import Ports, port_base
from regrade.platform import read_contract


def ports_of(paths: StatePaths) -> Ports:
    """REGRADE_PORT_BASE if it is set, else what the platform was last started with, else the default."""
    given = os.environ.get("REGRADE_PORT_BASE")
    if not given and paths.demo.exists():
        return Ports(urlsplit(read_contract(paths.demo)["gateway"]).port or port_base(None))
    return Ports(port_base(given))
