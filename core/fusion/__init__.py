"""The fusion backbone: a transformer whose attention is DAR, over tokens of any subset of its modalities."""

from wugan.fusion.backbone import FusionBackbone, FusionConfig
from wugan.fusion.token_batch import TokenBatch, collate

__all__ = ["FusionBackbone", "FusionConfig", "TokenBatch", "collate"]
