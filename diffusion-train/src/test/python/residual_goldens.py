"""Numbers of ResidualUNet in float64, by the UNet2DModel of diffusers (0.35.2) and PyTorch (2.13).

Writes src/test/resources/goldens/residual_unet.json. Cross-attention, which UNet2DModel has not, is
diffusers' Attention over other states, put behind each self-attention; the class, a layer over the
one-hot class in place of the table of embeddings.
"""

import json
import math
import pathlib

import torch
from diffusers import UNet2DModel
from diffusers.models.attention_processor import Attention
from diffusers.models.embeddings import get_timestep_embedding

TOKENS, TEXT_FEATURES, CLASSES, WIDTH, GROUPS, HEAD = 3, 5, 4, 8, 2, 4


def wave(shape, step, phase=0.0, function=torch.sin):
    count = math.prod(shape)
    return function(step * torch.arange(count, dtype=torch.float64) + phase).reshape(shape)


class Angles(torch.nn.Module):
    """get_timestep_embedding in float64: it computes in float32."""

    def forward(self, t):
        half = WIDTH // 2
        exponents = torch.arange(half, dtype=torch.float64) / half
        angles = t[:, None] * torch.exp(-math.log(10000) * exponents)
        return torch.cat([angles.cos(), angles.sin()], dim=1)


class Both(torch.nn.Module):
    """Self-attention, then cross-attention."""

    def __init__(self, own, told):
        super().__init__()
        channels = own.to_q.in_features
        self.own = own
        self.told = told
        self.cross = Attention(
            channels,
            cross_attention_dim=TEXT_FEATURES,
            heads=channels // HEAD,
            dim_head=HEAD,
            norm_num_groups=GROUPS,
            bias=True,
            eps=1e-5,
            residual_connection=True,
        ).double()

    def forward(self, x, **ignored):
        return self.cross(self.own(x), encoder_hidden_states=self.told[0])


def network():
    return UNet2DModel(
        sample_size=8,
        in_channels=1,
        out_channels=1,
        block_out_channels=(WIDTH, 2 * WIDTH, 3 * WIDTH),
        layers_per_block=2,
        down_block_types=("AttnDownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D", "AttnUpBlock2D"),
        norm_num_groups=GROUPS,
        attention_head_dim=HEAD,
        norm_eps=1e-5,
    ).double()


def ours(name):
    """The name of a parameter in Java."""
    parts = name.split(".")
    if "own" in parts:
        parts.remove("own")
    if "cross" in parts:
        parts.remove("cross")
        parts[parts.index("attentions")] = "cross_attentions"
    return ".".join(parts)


def fill(parameters):
    for j, (name, p) in enumerate(sorted(parameters.items())):
        phase = 1.3 * j
        values = wave(p.shape, 0.37, phase)
        with torch.no_grad():
            if "norm" in name:
                values = 0.1 * values + (1 if name.endswith("weight") else 0)
            elif name.endswith("weight"):
                values = values * math.sqrt(2 / math.prod(p.shape[1:]))
            else:
                values = 0.1 * values
            p.copy_(values)


def golden(conditional):
    model = network()
    model.time_proj = Angles()
    told = [wave((2, TOKENS, TEXT_FEATURES), 0.21)]
    classes = None
    if conditional:
        layer = torch.nn.Linear(CLASSES, 4 * WIDTH).double()
        model.class_embedding = layer
        classes = torch.zeros(2, CLASSES, dtype=torch.float64)
        classes[0, 2] = classes[1, 1] = 1
        down, up = model.down_blocks, model.up_blocks
        for block in (down[0], down[2], model.mid_block, up[0], up[2]):
            for i, attention in enumerate(block.attentions):
                block.attentions[i] = Both(attention, told)
    parameters = {ours(name): p for name, p in model.named_parameters()}
    fill(parameters)
    sample = wave((2, 1, 8, 8), 0.05)
    times = torch.tensor([0.25, 0.75], dtype=torch.float64) * 1000
    target = wave((2, 1, 8, 8), 0.03, 0, torch.cos)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    record = {"losses": []}
    for step in range(4):
        out = model(sample, times, class_labels=classes).sample
        loss = torch.nn.functional.mse_loss(out, target)
        optimiser.zero_grad()
        loss.backward()
        if step == 0:
            record["parameters"] = sum(p.numel() for p in parameters.values())
            record["predicted"] = out.flatten().tolist()
            record["gradients"] = {
                name: (p.grad * wave(p.shape, 1)).sum().item()
                for name, p in sorted(parameters.items())
            }
        record["losses"].append(loss.item())
        optimiser.step()
    return record


def main():
    goldens = {
        "sinusoids": get_timestep_embedding(
            torch.tensor([250.0, 3.0]), 6, flip_sin_to_cos=True, downscale_freq_shift=0
        ).tolist(),
        "timed": golden(False),
        "told": golden(True),
    }
    folder = pathlib.Path(__file__).parent.parent / "resources" / "goldens"
    (folder / "residual_unet.json").write_text(json.dumps(goldens, indent=1) + "\n")


main()
