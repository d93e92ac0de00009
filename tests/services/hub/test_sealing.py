"""The keys of a hub come from its passphrase and a salt; without the salt from nothing."""

from __future__ import annotations

from checkin.services.hub.sealing import SALT, erase, has_salt, keys_from, keys_of_memory


def test_the_same_passphrase_makes_the_same_keys_in_the_same_folder_alone(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"

    first = keys_from("five words for a hall", here)
    again = keys_from("five words for a hall", here)

    assert first == again
    assert first != keys_from("five words for a hall", there)
    assert first != keys_from("five other words for it", here)
    assert len({first.database, first.master}) == 2


def test_only_its_owner_reads_the_salt(tmp_path):
    keys_from("five words for a hall", tmp_path / "hub")

    assert (tmp_path / "hub" / SALT).stat().st_mode & 0o077 == 0


def test_what_is_kept_in_memory_is_new_each_time():
    assert keys_of_memory() != keys_of_memory()


def test_a_hub_that_is_erased_leaves_no_file_and_its_passphrase_opens_nothing(tmp_path):
    database = tmp_path / "marhaba.db"
    before = keys_from("five words for a hall", tmp_path)
    for name in ("marhaba.db", "marhaba.db-wal", "marhaba.db-shm"):
        (tmp_path / name).write_bytes(b"sealed")

    erase(tmp_path, database)

    assert not has_salt(tmp_path)
    assert list(tmp_path.glob("marhaba.db*")) == []
    assert keys_from("five words for a hall", tmp_path) != before
