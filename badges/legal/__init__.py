"""The legal pack of an event: what an organiser prints and files about the personal data."""
