"""Limits on whoever guesses or floods: the rules, and where what was tried is counted."""
