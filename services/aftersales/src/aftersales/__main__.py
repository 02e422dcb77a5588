"""`python -m aftersales all|api|consume|relay|timers|migrate`."""

from aftersales.main import build
from chassis.runner import main

main(build)
