"""The page of an event's hubs."""
