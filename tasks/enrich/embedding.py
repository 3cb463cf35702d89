"""Static word-piece vectors: the table that comes inside the WordLlama package, averaged per text.

The table (256 numbers for each of 32,000 pieces, MIT licence) is read straight from the installed package, so that
nothing is downloaded and neither its model class nor its compiled parts are loaded.  Averaging rows with numpy is
three times as fast as the package's own ``embed`` and gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
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


@cache
def load_vectors() -> Vectors:
    """Return the vectors of all word pieces, float32 of shape (32,000, 256), read once per process."""
    (table,) = load_file(_package_file(*_WEIGHTS)).values()
    vectors: Vectors = table.astype(np.float32, copy=False)
    return vectors


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
