"""The course's network and data in PyTorch."""

from __future__ import annotations

import gzip
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional


def digits(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """The training digits of MNIST, bytes and labels."""
    packed = gzip.decompress((folder / "train-images-idx3-ubyte.gz").read_bytes())
    images = torch.frombuffer(bytearray(packed[16:]), dtype=torch.uint8).view(-1, 1, 28, 28)
    packed = gzip.decompress((folder / "train-labels-idx1-ubyte.gz").read_bytes())
    return images, torch.frombuffer(bytearray(packed[8:]), dtype=torch.uint8).long()


class ConvNorm(nn.Module):
    def __init__(self, conv: nn.Module, features: int) -> None:
        super().__init__()
        self.conv, self.norm = conv, nn.BatchNorm2d(features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.gelu(self.norm(self.conv(x)))


class Network(nn.Module):
    """The course's UNet for 28 x 28 images: not told anything, told the time (added, as for DDPM), or
    told the time and the class (flow matching)."""

    def __init__(self, d: int, told: str = "class", bias: bool = True) -> None:
        super().__init__()
        self.told = told

        def same(i: int, o: int) -> nn.Module:
            return nn.Sequential(*(
                ConvNorm(nn.Conv2d(a, o, 3, 1, 1, bias=bias), o) for a in (i, o)
            ))  # fmt: skip

        def block(i: int, o: int, halving: bool) -> nn.Module:
            kind = nn.Conv2d if halving else nn.ConvTranspose2d
            resize = kind(i, o, 3 if halving else 4, 2, 1, bias=bias)
            return nn.Sequential(ConvNorm(resize, o), same(o, o))

        def linear(i: int, o: int) -> nn.Module:
            return nn.Sequential(nn.Linear(i, o), nn.GELU(), nn.Linear(o, o))

        self.conv1, self.conv2 = same(1, d), same(2 * d, d)
        self.down1, self.down2 = block(d, d, True), block(d, 2 * d, True)
        unflatten = nn.ConvTranspose2d(2 * d, 2 * d, 7, 7, bias=bias)
        self.unflatten = ConvNorm(unflatten, 2 * d)
        self.up1, self.up2 = block(4 * d, d, False), block(2 * d, d, False)
        self.out = nn.Conv2d(d, 1, 3, 1, 1)
        if told != "nothing":
            self.time1, self.time2 = linear(1, 2 * d), linear(1, d)
        if told == "class":
            self.class1, self.class2 = linear(10, 2 * d), linear(10, d)

    def tell(self, place: int, u, t, c):
        def pixels(layer, value):
            return getattr(self, f"{layer}{place}")(value)[:, :, None, None]

        if self.told == "nothing":
            return u
        if self.told == "class":
            u = pixels("class", c) * u
        return u + pixels("time", t)

    def forward(self, x, t=None, c=None):
        x1 = self.conv1(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        u = self.unflatten(functional.gelu(functional.avg_pool2d(x3, 7)))
        up = self.up1(torch.cat((x3, self.tell(1, u, t, c)), 1))
        up = self.up2(torch.cat((x2, self.tell(2, up, t, c)), 1))
        return self.out(self.conv2(torch.cat((x1, up), 1)))
