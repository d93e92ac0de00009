"""Make badge codes and pictures of them."""

from __future__ import annotations

import cv2
import numpy as np
import qrcode

from checkin.protocol.codes import format_code

FATIMA = {
    "id": 1,
    "name": "Fatima-Zahra El Amrani",
    "name_ar": "فاطمة الزهراء العمراني",
    "category": "Conseil national",
    "category_ar": "المجلس الوطني",
}
YOUSSEF = {"id": 2, "name": "Youssef Bennani", "name_ar": None, "category": "Militant"}


def a_code(number: int) -> str:
    return format_code(number.to_bytes(16))


def qr(text: str, module_px: int = 6) -> np.ndarray:
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=1, border=4, mask_pattern=2
    )
    code.add_data(text)
    code.make()
    modules = np.where(np.array(code.get_matrix()), 20, 235).astype(np.uint8)
    return np.kron(modules, np.ones((module_px, module_px), np.uint8))


def scene(*codes: np.ndarray, size=(720, 1280), seed: int = 1) -> np.ndarray:
    """Return a grey picture with noise and codes side by side."""
    grey = np.random.default_rng(seed).normal(120, 6, size)
    for place, code in enumerate(codes):
        height, width = code.shape
        x = (2 * place + 1) * size[1] // (2 * len(codes)) - width // 2
        y = (size[0] - height) // 2
        grey[y : y + height, x : x + width] = code
    return np.clip(grey, 0, 255).astype(np.uint8)


def write_video(path, scenes, frames_each: int = 8) -> None:
    height, width = scenes[0].shape
    fourcc = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), fourcc, 30, (width, height))
    assert writer.isOpened()
    for grey in scenes:
        for _ in range(frames_each):
            writer.write(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    writer.release()
