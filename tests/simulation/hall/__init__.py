"""Afternoons in a hall: gates, hubs and the central server, over lines that are cut."""
