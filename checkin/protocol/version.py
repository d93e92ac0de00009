"""Which Marhaba this is: the one place that says so, for server, scanner and package."""

#: pyproject.toml reads it from here
VERSION = "1.0.0"
