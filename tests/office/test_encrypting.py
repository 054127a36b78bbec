"""What is encrypted stays so: wrong place, wrong key, a cut file, a rotated master."""

import os

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from office.ground.encrypted_files import CHUNK_BYTES, TAG_BYTES, encrypt_stream, open_stream
from office.ground.errors import KeysInvalid, KeyUnknown
from office.ground.keys import DataKey, Keyring, Pepper, new_key

PLACE = "attachment|1"


def test_a_value_moved_to_another_field_does_not_open():
    key = DataKey.generate()

    encrypted = key.encrypt("สมหญิง".encode(), "identity.sealed|case-1|full_name")

    assert key.decrypt(encrypted, "identity.sealed|case-1|full_name").decode() == "สมหญิง"
    with pytest.raises(InvalidTag):
        key.decrypt(encrypted, "identity.sealed|case-2|full_name")


def test_a_new_master_key_encrypts_and_the_old_one_still_opens():
    old, new = new_key(), new_key()
    encrypted = Keyring.parse(f"1:{old}", setting="X").encrypt(b"a", PLACE)

    both = Keyring.parse(f"1:{old},2:{new}", setting="X")

    assert both.decrypt(encrypted, PLACE) == b"a"
    assert not both.is_current(encrypted)
    assert both.is_current(both.encrypt(b"a", PLACE))
    with pytest.raises(KeyUnknown):
        Keyring.parse(f"2:{new}", setting="X").decrypt(encrypted, PLACE)


@pytest.mark.parametrize("text", ["", "1", "1:short", "0:" + "A" * 43 + "=", "x:" + "A" * 43 + "="])
def test_a_mistyped_keyring_is_refused_without_quoting_it(text):
    with pytest.raises(KeysInvalid) as refused:
        Keyring.parse(text, setting="SAMNUAN_VAULT_KEYS")

    assert "SAMNUAN_VAULT_KEYS" in refused.value.text.th
    assert "AAAA" not in str(refused.value)


def test_a_key_does_not_show_itself():
    assert DataKey(b"s" * 32).secret.hex() not in repr(DataKey(b"s" * 32))


def test_hashes_of_different_purposes_never_meet():
    pepper = Pepper(os.urandom(32))

    assert pepper.hash("tracking", "1") != pepper.hash("identity.national_id", "1")
    assert pepper.hash("tracking", "1") == pepper.hash("tracking", "1")
    assert pepper.hash("tracking", "1") != Pepper(os.urandom(32)).hash("tracking", "1")


@given(
    sizes=st.lists(st.integers(0, 2 * CHUNK_BYTES + 1), max_size=4),
    pieces=st.sampled_from([1000, CHUNK_BYTES, CHUNK_BYTES + TAG_BYTES, 10**6]),
)
def test_any_stream_comes_back_however_it_is_cut_into_pieces(sizes, pieces):
    key, chunks = DataKey(b"k" * 32), [bytes([n]) * size for n, size in enumerate(sizes)]

    encrypted = b"".join(encrypt_stream(key, chunks, PLACE))
    arriving = [encrypted[at : at + pieces] for at in range(0, len(encrypted), pieces)]

    assert b"".join(open_stream(key, arriving, PLACE)) == b"".join(chunks)


def test_a_file_cut_short_at_a_chunk_is_noticed():
    key, content = DataKey.generate(), os.urandom(3 * CHUNK_BYTES)
    encrypted = b"".join(encrypt_stream(key, [content], PLACE))

    cut = encrypted[: len(encrypted) - CHUNK_BYTES - TAG_BYTES]

    with pytest.raises(InvalidTag):
        b"".join(open_stream(key, [cut], PLACE))


def test_chunks_that_change_places_are_noticed():
    key, content = DataKey.generate(), os.urandom(3 * CHUNK_BYTES)
    header, *chunks = list(encrypt_stream(key, [content], PLACE))

    chunks[0], chunks[1] = chunks[1], chunks[0]

    with pytest.raises(InvalidTag):
        b"".join(open_stream(key, [header, *chunks], PLACE))
