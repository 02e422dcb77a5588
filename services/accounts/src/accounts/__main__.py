"""`python -m accounts all|api|consume|relay|timers|migrate`."""

from accounts.main import build
from chassis.runner import main

main(build)
