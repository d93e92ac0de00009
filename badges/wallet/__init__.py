"""Badges for the wallets of telephones: Apple's signed `.pkpass`, Google's signed link."""
