"""The application under the name that many servers look for first: `wsgi:app`."""

from checkin.wsgi import app

__all__ = ["app"]
