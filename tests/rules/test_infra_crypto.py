"""Sealed fields: readable with their key, unreadable and unchangeable without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.infra.crypto import FieldCipher, hmac_sm3, sm3
from hotline.infra.errors import Misconfigured
from hotline.infra.settings import FieldKey

OLD, NEW = FieldKey(1, b"\x01" * 16), FieldKey(2, b"\x02" * 16)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_what_was_sealed_is_read_again(text: str) -> None:
    cipher = FieldCipher([NEW, OLD])
    assert cipher.decrypt(cipher.encrypt(text)) == text


def test_sealing_twice_gives_two_values() -> None:
    cipher = FieldCipher([OLD])
    assert cipher.encrypt("13800000000") != cipher.encrypt("13800000000")
    assert b"13800000000" not in cipher.encrypt("13800000000")


@given(TEXT, st.data())
def test_any_changed_byte_is_noticed(text: str, data: st.DataObject) -> None:
    cipher = FieldCipher([OLD])
    sealed = bytearray(cipher.encrypt(text))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Misconfigured):
        cipher.decrypt(bytes(sealed))


@given(st.binary(max_size=40))
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises(Misconfigured):
        FieldCipher([OLD]).decrypt(rubbish)


def test_rotation_reads_old_text_writes_with_the_new_key_and_keeps_look_ups() -> None:
    before, after = FieldCipher([OLD]), FieldCipher([NEW, OLD])
    assert after.decrypt(before.encrypt("张三")) == "张三"
    assert after.encrypt("张三")[0] == NEW.id
    assert after.blind_index("13800000000") == before.blind_index("13800000000")
    with pytest.raises(Misconfigured, match="找不到编号 2 的字段密钥"):
        before.decrypt(after.encrypt("张三"))


def test_blind_index_depends_on_the_key() -> None:
    assert FieldCipher([OLD]).blind_index("1") != FieldCipher([NEW]).blind_index("1")
    assert FieldCipher([OLD]).blind_index("1") != sm3(b"1")


def test_sm3_known_answers() -> None:
    """GB/T 32905-2016, appendix A."""
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    # HMAC by its definition, RFC 2104.
    key = b"k".ljust(64, b"\0")
    inner = sm3(bytes(b ^ 0x36 for b in key) + b"m")
    assert hmac_sm3(b"k", b"m") == sm3(bytes(b ^ 0x5C for b in key) + inner)


def test_no_key_is_said() -> None:
    with pytest.raises(Misconfigured, match="HOTLINE_FIELD_KEYS"):
        FieldCipher([])
