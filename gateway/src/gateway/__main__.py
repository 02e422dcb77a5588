"""`python -m gateway all`: the edge and the delivery in one process."""

from chassis.runner import main
from gateway.main import build

main(build)
