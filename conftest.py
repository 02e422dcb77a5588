"""For all tests: package names that pytest must not guess, logs that are cheap to write, and no verdict by the clock."""

import structlog
from hypothesis import HealthCheck, settings

# pytest names a test file after its folders: packages whose folder bears their own name must be loaded before it does.
import gateway  # noqa: F401
import sandbox  # noqa: F401

# The default draws tracebacks with all local variables, which takes seconds for a single provoked error.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ]
)

# How long an example takes says how busy the machine is, and nothing about the product.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
