import io
import wave

from scanner.core.scan import Kind
from scanner.core.sound import MELODIES, RATE_HZ, Sound, wav_of


def test_every_verdict_sounds_different_and_is_short():
    sounds = {kind: wav_of(MELODIES[kind]) for kind in Kind}

    assert len(set(sounds.values())) == 4
    for sound in sounds.values():
        with wave.open(io.BytesIO(sound)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (
                1,
                2,
                RATE_HZ,
            )
            assert 0.2 < file.getnframes() / RATE_HZ < 0.6


def test_a_player_of_the_system_gets_the_file_of_the_verdict(tmp_path, monkeypatch):
    player, heard = tmp_path / "paplay", tmp_path / "heard"
    player.write_text(f'#!/bin/sh\ncat "$1" > {heard}\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    sound = Sound()

    sound.play(Kind.REFUSED)
    sound.close()

    assert heard.read_bytes() == wav_of(MELODIES[Kind.REFUSED])


def test_without_a_player_it_is_silent(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    sound = Sound()

    sound.play(Kind.ADMITTED)
    sound.close()

    assert sound._playing is None
