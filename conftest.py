"""For all tests: package names that pytest must not guess, and logs that are cheap to write."""

import structlog

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
