"""`python -m yolofleet` is the command."""

from .command import main

main()
