"""The version of Marhaba, for the server, the scanner and the package."""

#: pyproject.toml reads it from here
VERSION = "1.0.0"
