"""The venue's laptop over TLS: its own authority, the leaf that this one signs, and its upkeep."""
