"""For all tests: package names pytest must not guess, logs that are cheap to write, and no verdict by the clock or by lot."""

import os

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

# How long an example takes says how busy the machine is, and nothing about the product. Each change is judged by the same
# examples; HYPOTHESIS_EXAMPLES=2000 draws so many others, for whoever looks for what nobody has thought of.
_ROAM = os.environ.get("HYPOTHESIS_EXAMPLES")
settings.register_profile(
    "any machine",
    deadline=None,
    derandomize=_ROAM is None,
    max_examples=int(_ROAM or 100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")
