"""What the server of the floor loads."""

from bench.floor import create_app

app = create_app()
