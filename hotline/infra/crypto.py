"""国密: fields sealed with SM4-GCM, look-ups by keyed SM3. The algorithms are the cryptography library's."""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hotline.infra.errors import Misconfigured
from hotline.infra.settings import FieldKey

NONCE = 12
TAG = 16


def sm3(data: bytes) -> bytes:
    """SM3 杂凑 (GB/T 32905), 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


class FieldCipher:
    """Seals single fields. A sealed value is key number (1 byte), nonce (12), text, tag (16)."""

    def __init__(self, keys: Sequence[FieldKey]) -> None:
        if not keys:
            raise Misconfigured("没有字段加密密钥,请设置 HOTLINE_FIELD_KEYS。")
        self._keys = {key.id: key.key for key in keys}
        self._writer = keys[0].id
        # The lowest-numbered key is the oldest: look-ups must survive a rotation, so they hang on that one.
        self._index_key = hmac_sm3(self._keys[min(self._keys)], b"hotline blind index")

    def encrypt(self, text: str) -> bytes:
        head = bytes([self._writer])
        nonce = os.urandom(NONCE)
        sealer = Cipher(algorithms.SM4(self._keys[self._writer]), modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(head)
        return head + nonce + sealer.update(text.encode()) + sealer.finalize() + sealer.tag

    def decrypt(self, sealed: bytes) -> str:
        """The text, or a refusal when the value was altered or its key is gone."""
        if len(sealed) < 1 + NONCE + TAG:
            raise Misconfigured("加密字段的内容不完整,数据可能已损坏。")
        head, nonce, body, tag = sealed[:1], sealed[1 : 1 + NONCE], sealed[1 + NONCE : -TAG], sealed[-TAG:]
        if head[0] not in self._keys:
            raise Misconfigured(f"找不到编号 {head[0]} 的字段密钥,请在 HOTLINE_FIELD_KEYS 中补上。")
        opener = Cipher(algorithms.SM4(self._keys[head[0]]), modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(head)
        try:
            return (opener.update(body) + opener.finalize()).decode()
        except InvalidTag:
            raise Misconfigured("加密字段校验不通过:密钥不对,或内容被改动过。") from None

    def blind_index(self, text: str) -> bytes:
        """The same text always gives the same 32 bytes, and nothing can be read back from them."""
        return hmac_sm3(self._index_key, text.encode())
