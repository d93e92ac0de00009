"""Build the application from the environment.

WSGI servers load `checkin.wsgi:app`, ours `checkin.wsgi:served`.
"""

import gc

# First of all: whatever asks for a time zone from here on gets it from the shipped tables.
import checkin.protocol.time_zones  # noqa: F401
from checkin.app import create_app
from checkin.settings import load_settings
from checkin.web.asgi.bridge import bridged

app = create_app(load_settings())
served = bridged(app)

# All this stays to the end. Without this line the collector looks through it whenever much has
# changed, and every scan waits for a tenth of a second.
gc.collect()
gc.freeze()
