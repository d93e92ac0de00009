"""TLS on a local network: the installation's own authority and its server certificate."""
