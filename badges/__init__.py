"""Badges: a `BadgeSpec` goes in; a QR, a picture, a PDF or an e-mail message comes out.

Nothing here knows of HTTP, of the database, or of the rest of the project.
"""
