"""`python -m checkin`: the organiser's commands."""

# First of all: whatever asks for a time zone from here on gets it from the shipped tables.
import checkin.protocol.time_zones  # noqa: F401
from checkin.cli.main import main

main()
