"""Static word-piece vectors: the table that comes inside the WordLlama package, averaged per text.

The table (256 numbers for each of 32,000 pieces, MIT licence) is mapped straight from the installed package, so that
nothing is downloaded, neither its model class nor its compiled parts are loaded, and only what is used is in memory.  Averaging rows with numpy is
three times as fast as the package's own ``embed`` and gives the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from tasks.errors import ConfigError

Vectors = npt.NDArray[np.float32]

DIMENSIONS = 256
_WEIGHTS = ("weights", "l2_supercat_256.safetensors")
_TOKENIZER = ("tokenizers", "l2_supercat_tokenizer_config.json")


def _package_file(*parts: str) -> str:
    """Path of a file of the WordLlama package; ConfigError when the installation lacks it."""
    spec = find_spec("wordllama")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent.joinpath(*parts)
        if path.exists():
            return str(path)
    raise ConfigError(
        f"wordllama does not hold {'/'.join(parts)}: install the pinned version (see constraints.txt)"
    )


@cache
def load_tokenizer() -> Tokenizer:
    """Return the word-piece tokenizer, read once per process; it neither cuts nor pads."""
    tokenizer: Tokenizer = Tokenizer.from_file(_package_file(*_TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@dataclass(frozen=True, slots=True)
class PieceVectors:
    """Vectors of all word pieces, kept as float16; indexing it as an array gives float32."""

    halves: npt.NDArray[np.float16]

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self.halves)

    def __getitem__(self, rows: Any) -> Vectors:
        """Return the vectors of *rows*, or those columns of them that a second index names."""
        found: Vectors = self.halves[rows].astype(np.float32)
        return found


@cache
def load_vectors() -> PieceVectors:
    """Return the vectors of all word pieces, (32,000, 256), mapped once per process.

    The file is in the safetensors format: length of the header, header in JSON, numbers.
    """
    path = _package_file(*_WEIGHTS)
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        (tensor,) = json.loads(file.read(length)).values()
    if tensor["dtype"] != "F16":
        raise ConfigError(
            f"{path} holds {tensor['dtype']}, not F16: install the pinned version (see constraints.txt)"
        )
    return PieceVectors(np.asarray(np.memmap(path, "<f2", "r", 8 + length, tuple(tensor["shape"]))))


def piece_ids(text: str) -> list[int]:
    """Return the word-piece numbers of *text*, without markers of beginning and end."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    ids: list[int] = load_tokenizer().encode(text, add_special_tokens=False).ids
    return ids


def mean_vectors(texts: Sequence[str]) -> Vectors:
    """Return one unit vector per text (float32, len(texts) × 256): the mean of its pieces; zeros for an empty text."""
    table = load_vectors()
    means = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in enumerate(texts):
        ids = piece_ids(text)
        if ids:
            means[row] = table[ids].mean(axis=0)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    units: Vectors = means / np.maximum(lengths, 1e-9)
    return units
