"""The WSGI application that the server of the floor loads."""

from bench.floor.checkin import create_app
from checkin.web.asgi.bridge import bridged

app = create_app()
served = bridged(app)
