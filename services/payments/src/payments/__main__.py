"""`python -m payments all|api|consume|relay|timers|migrate`."""

from chassis.runner import main
from payments.main import build

main(build)
