"""The application under the names that servers look for: `wsgi:app`, and `wsgi:served` for ours."""

from checkin.wsgi import app, served

__all__ = ["app", "served"]
