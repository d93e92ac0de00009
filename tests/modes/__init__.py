"""The whole first day, in every way in which people run Marhaba."""
