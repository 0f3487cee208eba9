"""DeepFloyd IF's parts with random weights, stored as diffusers and transformers store them."""

from __future__ import annotations

from pathlib import Path

import sentencepiece
import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from transformers import T5Config, T5EncoderModel


def unet(stage: int, channels: list[int], **settings: object) -> UNet2DConditionModel:
    """A UNet with IF's settings and random weights: the first block has no attention."""
    down = ["ResnetDownsampleBlock2D"] + ["SimpleCrossAttnDownBlock2D"] * (len(channels) - 1)
    up = ["SimpleCrossAttnUpBlock2D"] * (len(channels) - 1) + ["ResnetUpsampleBlock2D"]
    second = {
        "class_embed_type": "timestep",
        "mid_block_scale_factor": 1.41423,
        "resnet_out_scale_factor": 1.41423,
        "resnet_skip_time_act": True,
    }
    shared = {
        "in_channels": 3 * stage,
        "out_channels": 6,
        "sample_size": 16 * stage,
        "layers_per_block": 1,
        "block_out_channels": channels,
        "down_block_types": down,
        "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
        "up_block_types": up,
        "act_fn": "gelu",
        "time_embedding_act_fn": "gelu",
        "attention_head_dim": 8,
        "cross_attention_dim": channels[-1],
        "cross_attention_norm": "group_norm",
        "encoder_hid_dim": 32,
        "encoder_hid_dim_type": "text_proj",
        "addition_embed_type": "text",
        "addition_embed_type_num_heads": 2,
        "resnet_time_scale_shift": "scale_shift",
        "norm_num_groups": 8,
    }
    torch.manual_seed(0)
    return UNet2DConditionModel(**shared | (second if stage == 2 else {}) | settings)


def if_m() -> UNet2DConditionModel:
    return unet(
        1,
        [192, 384, 576, 768],
        sample_size=64,
        layers_per_block=3,
        attention_head_dim=64,
        encoder_hid_dim=4096,
        addition_embed_type_num_heads=64,
        norm_num_groups=32,
    )


def save_stage(model: UNet2DConditionModel, folder: Path, **settings: object) -> None:
    model.save_pretrained(folder / "unet", **settings)
    scheduler = DDPMScheduler(
        beta_schedule="squaredcos_cap_v2",
        variance_type="learned_range",
        thresholding=True,
        dynamic_thresholding_ratio=0.95,
        sample_max_value=1.5 if model.config.in_channels == 3 else 1.0,
    )
    scheduler.save_pretrained(folder / "scheduler")
    noising = DDPMScheduler(beta_schedule="squaredcos_cap_v2")
    noising.save_pretrained(folder / "image_noising_scheduler")


def save_text(folder: Path) -> None:
    """A small T5 encoder, and a sentencepiece model of its own with T5's special tokens."""
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=256, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
        feed_forward_proj="gated-gelu",
    )  # fmt: skip
    T5EncoderModel(config).save_pretrained(folder / "text_encoder")
    (folder / "tokenizer").mkdir()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["an oil painting of a man", "a rocket ship", "a photo of a dog"]),
        model_prefix=str(folder / "tokenizer" / "spiece"),
        vocab_size=60, hard_vocab_limit=False, minloglevel=2,
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
    )  # fmt: skip
