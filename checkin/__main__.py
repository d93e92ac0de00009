"""`python -m checkin`: the organiser's commands."""

from checkin.cli.main import main

main()
