"""Build the application from the environment; servers load `wsgi:app`."""

from checkin.app import create_app
from checkin.settings import load_settings

app = create_app(load_settings())
