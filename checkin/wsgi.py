"""Build the application from the environment; servers load `checkin.wsgi:app`."""

import gc

from checkin.app import create_app
from checkin.settings import load_settings

app = create_app(load_settings())

# All this stays to the end. Without this line the collector looks through it whenever much has
# changed, and every scan waits for a tenth of a second.
gc.collect()
gc.freeze()
