"""Hubs: servers in a hall that hold an event's mirror and bring what happens there."""
