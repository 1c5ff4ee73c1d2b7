"""The network: embeddings, six layers of attention, the mean over all tokens.

Shapes: B texts, T tokens of the longest, 384 numbers for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from workers.engines.retrieval.minilm.weights import Rows

    Floats: TypeAlias = NDArray[np.float32]

SIZE, HEADS, LAYERS = 384, 12, 6
_HEAD_SIZE = SIZE // HEADS
_NORM_EPSILON = np.float32(1e-12)
_NEVER = np.float32(-1e9)
#: Numbers that are taken at once where each step makes another array: what fits into a core's own cache.
_BLOCK = 32_768


class Network:
    """BERT's encoder with the model's weights."""

    def __init__(self, tensors: Mapping[str, Floats], words: Rows) -> None:
        """Make it of its tensors by their names, and of the words' embeddings."""
        self._tensors = tensors
        self._words = words

    def embed(self, ids: NDArray[np.int64], mask: Floats) -> Floats:
        """Return a row of length 1 for each text.

        Args:
            ids: (B, T) tokens.
            mask: (B, T) 1 for a token, 0 for padding.
        """
        x = self._embedded(ids)
        hidden = ((1 - mask) * _NEVER)[:, None, None, :]
        for layer in range(LAYERS):
            x = self._layer(f"encoder.layer.{layer}.", x, hidden)
        pooled = (x * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        rows: Floats = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return rows

    def _embedded(self, ids: NDArray[np.int64]) -> Floats:
        table = "embeddings."
        x = self._words[ids]
        x += self._tensors[f"{table}position_embeddings.weight"][: ids.shape[1]]
        x += self._tensors[f"{table}token_type_embeddings.weight"][0]
        return self._normed(f"{table}LayerNorm", x)

    def _layer(self, name: str, x: Floats, hidden: Floats) -> Floats:
        """One layer; `hidden` is (B, 1, 1, T): what is added to the weight of a token that is padding."""
        attended = self._linear(f"{name}attention.output.dense", self._attention(f"{name}attention.self.", x, hidden))
        x = self._normed(f"{name}attention.output.LayerNorm", x + attended)
        inner = gelu(self._linear(f"{name}intermediate.dense", x))
        return self._normed(f"{name}output.LayerNorm", x + self._linear(f"{name}output.dense", inner))

    def _attention(self, name: str, x: Floats, hidden: Floats) -> Floats:
        """Scaled dot-product attention by heads: Vaswani et al. 2017, equation 1."""
        queries, keys, values = (self._heads(f"{name}{part}", x) for part in ("query", "key", "value"))
        scores: Floats = queries @ keys.swapaxes(2, 3)
        scores /= np.float32(_HEAD_SIZE**0.5)
        scores += hidden
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        attended: Floats = (scores @ values).transpose(0, 2, 1, 3).reshape(x.shape)
        return attended

    def _heads(self, name: str, x: Floats) -> Floats:
        """(B, heads, T, size of a head)."""
        return self._linear(name, x).reshape(*x.shape[:2], HEADS, _HEAD_SIZE).transpose(0, 2, 1, 3)

    def _linear(self, name: str, x: Floats) -> Floats:
        y = x.reshape(-1, x.shape[-1]) @ self._tensors[f"{name}.weight"].T
        y += self._tensors[f"{name}.bias"]
        return y.reshape(*x.shape[:-1], -1)

    def _normed(self, name: str, x: Floats) -> Floats:
        """Layer normalisation: Ba et al. 2016."""
        x = x - x.mean(axis=-1, keepdims=True)
        x /= np.sqrt((x * x).mean(axis=-1, keepdims=True) + _NORM_EPSILON)
        x *= self._tensors[f"{name}.weight"]
        x += self._tensors[f"{name}.bias"]
        return x


def gelu(x: Floats) -> Floats:
    """X Phi(x): Hendrycks and Gimpel 2016. The error function is Abramowitz and Stegun's 7.1.26, within 1.5e-7."""
    out: Floats = np.empty(x.size, np.float32)
    for start in range(0, x.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        out[block] = _gelu(x.reshape(-1)[block])
    return out.reshape(x.shape)


def _gelu(x: Floats) -> Floats:
    z = np.abs(x)
    z *= np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.full_like(t, 1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592, 0.0):
        series *= t
        series += np.float32(coefficient)
    np.multiply(z, -z, out=z)
    np.exp(z, out=z)
    series *= z
    # 1 - series is erf(|x| / sqrt 2).
    out: Floats = np.where(x > 0, 2 - series, series)
    out *= x
    out *= np.float32(0.5)
    return out
