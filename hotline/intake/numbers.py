"""The citizen's query code (查询码): random, short, and made of characters nobody confuses on the phone."""

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 10


def query_code(random: bytes) -> str:
    """Ten characters from ten random bytes; 50 bits, so that guessing one needs years at any rate limit."""
    if len(random) < LENGTH:
        raise ValueError(f"{LENGTH} random bytes are needed, got {len(random)}")
    return "".join(ALPHABET[byte & 31] for byte in random[:LENGTH])


def plain_code(typed: str) -> str:
    """What a person types for a code: small letters, blanks and hyphens do not matter."""
    return "".join(filter(str.isalnum, typed.upper()))
