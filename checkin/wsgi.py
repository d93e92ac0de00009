"""Build the application from the environment.

WSGI servers load `checkin.wsgi:app`, ours `checkin.wsgi:served`.
"""

import gc

# First of all: whatever asks for a time zone from here on gets it from the shipped tables.
import checkin.protocol.time_zones  # noqa: F401
from checkin.app import create_app
from checkin.services.lifecycle.repeated_purges import PurgesElsewhere
from checkin.settings import load_settings
from checkin.web.asgi.bridge import bridged
from checkin.web.site.state import EXTENSION

app = create_app(load_settings())
served = bridged(app)

# A node may have no worker, and other WSGI servers load this module alone.
_state = app.extensions[EXTENSION]
PurgesElsewhere().look_on(_state.database, _state.settings.home)

# All this stays to the end. Without this line the collector looks through it whenever much has
# changed, and every scan waits for a tenth of a second.
gc.collect()
gc.freeze()
