"""Writes the tables of NoiseScheduleTest: the cumulative product of 1 - beta as PyTorch makes it.

Usage: python alpha_bar.py ../resources/io/github/diffusion4j
Each file holds the float32 entries, big-endian, one after another. Made with PyTorch 2.13 on a CPU.
"""

import math
import pathlib
import sys

import torch

folder = pathlib.Path(sys.argv[1])


def cosine(steps):
    def bar(t):
        return math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2

    betas = [min(1 - bar((i + 1) / steps) / bar(i / steps), 0.999) for i in range(steps)]
    return torch.tensor(betas, dtype=torch.float32)


tables = {
    "linear-300": torch.linspace(1e-4, 0.02, 300, dtype=torch.float32),
    "linear-1000": torch.linspace(1e-4, 0.02, 1000, dtype=torch.float32),
    "scaled-linear-1000": torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float32) ** 2,
    "squared-cosine-1000": cosine(1000),
}
for name, betas in tables.items():
    alpha_bar = torch.cumprod(1.0 - betas, dim=0)
    (folder / (name + ".f32")).write_bytes(alpha_bar.numpy().astype(">f4").tobytes())
