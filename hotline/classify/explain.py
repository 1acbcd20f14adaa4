"""The words that speak for a suggestion, with their weights: what a person is shown beside it."""

import msgspec

SHOWN = 8


class WordWeight(msgspec.Struct, frozen=True, gc=False):
    """How much a word of the letter raises its class over the average class."""

    word: str
    weight: float
