"""Draw the cards of a party: a smaller one for each badge held up together. Pure."""

from __future__ import annotations

from PIL import Image

from checkin.words.languages import spoken
from scanner.window.drawing.card import card_image
from scanner.window.recent_scans import Card

_GAP_PX = 8
_BETWEEN = "#000000"


def cards_image(
    cards: tuple[Card, ...], language: str, timezone: str, size: tuple[int, int]
) -> Image.Image:
    """Draw one to four cards in a width and height, the earliest where reading begins."""
    if len(cards) == 1:
        return card_image(cards[0], language, timezone, size)
    image, (width, height) = Image.new("RGB", size, _BETWEEN), size
    rows = 1 if len(cards) == 2 else 2
    each = (width - _GAP_PX) // 2, (height - _GAP_PX * (rows - 1)) // rows
    for number, card in enumerate(cards):
        row, column = divmod(number, 2)
        # The third of three has a row of its own.
        tile = (width, each[1]) if len(cards) == 3 and number == 2 else each
        left = column * (each[0] + _GAP_PX)
        x = width - left - tile[0] if spoken(language).is_from_right else left
        drawn = card_image(card, language, timezone, tile, alone=False)
        image.paste(drawn, (x, row * (each[1] + _GAP_PX)))
    return image
