"""A deterministic simulation of gates, their disks, the network and the server."""
