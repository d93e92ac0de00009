"""The scan page's decoder in a real Chromium: how far it reads, and that nothing ends it."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from bench.decode.reach import far_away
from checkin.protocol.codes import format_code
from tests.browser.gates.stations import open_station
from tests.browser.gates.webcam import picture

pytestmark = pytest.mark.browser

CODE = format_code(bytes(range(16)))
#: what a decoder of its own answers to a frame, after one that is none
_READ = """async ({address, step}) => {
  const {ROOT} = await import("/static/js/shared/root.js");
  const worker = new Worker(`${ROOT}scan/decoder.js`, {type: "module"});
  const next = () => new Promise((got) => (worker.onmessage = ({data}) => got(data)));
  await next();
  worker.postMessage({frame: null, step});
  const broken = await next();
  const frame = await createImageBitmap(await (await fetch(address)).blob());
  worker.postMessage({frame, step}, [frame]);
  return [broken, await next()];
}"""
_REMEMBER_THE_DECODER = """() => {
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (...given) {
    window.decoder = this;
    return post.apply(this, given);
  };
}"""
_FRAMES = "() => Number(document.querySelector('#video').dataset.frames ?? 0)"


@pytest.fixture
def page(chromium, pairing_link):
    return open_station(chromium.start([(picture(None), 3)]), pairing_link)


def read(page, image, step):
    """What a decoder of the page answers to a frame that is broken, and then to an image."""
    content = BytesIO()
    image.save(content, "PNG")
    page.route("**/frame.png", lambda route: route.fulfill(body=content.getvalue()))
    return page.evaluate(_READ, {"address": "/frame.png", "step": step})


@pytest.mark.parametrize("step", ["plain", "doubled", "crisp", "evened"])
def test_a_frame_that_cannot_be_read_does_not_end_the_reading(page, step):
    [broken, whole] = read(page, picture(CODE), step)

    assert list(broken) == ["unread"]
    assert whole["texts"] == [CODE]


def test_a_sharper_picture_reads_a_code_of_40_mm_at_105_cm(page):
    frames = [far_away(1.05, (720, 1280), (7, number))[1][0] for number in range(3)]

    texts = [read(page, Image.fromarray(frame), "crisp")[1]["texts"] for frame in frames]

    assert [len(found) for found in texts] == [1, 1, 1]
    assert np.unique(texts).size == 3


def test_a_decoder_that_has_died_is_replaced_within_seconds(page):
    page.evaluate(_REMEMBER_THE_DECODER)
    page.wait_for_function("() => window.decoder")
    before = page.evaluate("() => { window.dead = window.decoder; window.dead.terminate(); }")
    assert before is None

    page.wait_for_function("() => window.decoder !== window.dead", timeout=10_000)
    seen = page.evaluate(_FRAMES)
    page.wait_for_function(f"() => ({_FRAMES})() > {seen + 2}", timeout=10_000)
    assert page.faults == []
