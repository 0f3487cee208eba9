"""Times a step of training by PyTorch against one by this library, for the same network and data.

    python against_pytorch.py MNIST_FOLDER --java "java -cp ... StepTimes"

PyTorch runs the course's network as one would write it (as it comes), with this library's memory
layout (channels-last), or with all of its settings: also without convolution bias where a normalisation
follows, and with fused Adam. With --residual it is the UNet2DModel of diffusers against ResidualUNet,
told the time alone. Environment variables go to both, such as glibc's MALLOC_TRIM_THRESHOLD_.
"""

from __future__ import annotations

import argparse
import shlex
import statistics
import subprocess
import time
from pathlib import Path

import torch
from course_unet import Network, digits
from torch.nn import functional


def residual(d: int):
    """ResidualUNet.of(d, 1, 2, 2).blocks(1).time(), called as the course's network is."""
    from diffusers import UNet2DModel

    groups = max(n for n in range(1, 33) if d % n == 0 and n <= max(1, d // 4))
    head = max(n for n in range(1, 65) if d % n == 0)
    net = UNet2DModel(
        sample_size=28,
        in_channels=1,
        out_channels=1,
        block_out_channels=(d, 2 * d, 2 * d),
        layers_per_block=1,
        down_block_types=("DownBlock2D",) * 3,
        up_block_types=("UpBlock2D",) * 3,
        norm_num_groups=groups,
        attention_head_dim=head,
    )
    own_forward = net.forward
    net.forward = lambda x, t, one_hot: own_forward(x, 1000 * t[:, 0]).sample
    return net


def pytorch_steps(
    folder: Path, d: int, batch: int, is_residual: bool, layout: bool, tuned: bool, mixed: bool
):
    """A function that makes some steps and gives milliseconds a step and the last loss."""
    images, labels = digits(folder)
    torch.manual_seed(0)
    net = residual(d) if is_residual else Network(d, bias=not tuned)
    if layout:
        net = net.to(memory_format=torch.channels_last)
    adam = torch.optim.Adam(net.parameters(), lr=1e-2, fused=tuned or None)

    def steps(count: int) -> tuple[float, float]:
        start = time.perf_counter()
        for _ in range(count):
            chosen = torch.randint(len(images), (batch,))
            clean = images[chosen].float() / 255
            one_hot = functional.one_hot(labels[chosen], 10).float()
            one_hot = one_hot * (torch.rand(batch, 1) >= 0.1)
            t = torch.rand(batch, 1)
            noise = torch.randn_like(clean)
            x = t[:, :, None, None] * clean + (1 - t[:, :, None, None]) * noise
            if layout:
                x = torch.as_strided(x, x.shape, (28 * 28, 1, 28, 1))
            with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
                out = net(x, t, one_hot)
            loss = functional.mse_loss(out.float(), clean - noise)
            adam.zero_grad()
            loss.backward()
            adam.step()
            last = loss.item()
        return 1000 * (time.perf_counter() - start) / count, last

    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of the MNIST files")
    parser.add_argument("--java", required=True, help="the command that starts StepTimes")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=4, help="steps of a turn")
    parser.add_argument("--residual", action="store_true", help="diffusers' network")
    parser.add_argument("--csv", type=Path, help="a file for the milliseconds of all turns")
    parser.add_argument("--precision", default="FLOAT32", choices=("FLOAT32", "BFLOAT16"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    mixed = arguments.precision == "BFLOAT16"
    theirs = [
        pytorch_steps(
            arguments.folder, arguments.width, arguments.batch, arguments.residual, *kind, mixed
        )
        for kind in ((False, False), (True, False), (True, True))
    ]
    numbers = (arguments.width, arguments.batch, arguments.threads, arguments.precision)
    family = ["residual"] if arguments.residual else []
    command = [*shlex.split(arguments.java), str(arguments.folder), *map(str, numbers), *family]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    ) as java:  # fmt: skip

        def ours(count: int) -> tuple[float, float]:
            java.stdin.write(f"{count}\n")
            java.stdin.flush()
            milliseconds, loss = java.stdout.readline().split()
            return float(milliseconds), float(loss)

        sides = [*theirs, ours]
        for side in sides:
            side(2 * arguments.steps)
        rows = []
        for turn in range(arguments.pairs):
            order = sides if turn % 2 == 0 else sides[::-1]
            made = {side: side(arguments.steps)[0] for side in order}
            rows.append([made[side] for side in sides])
        java.stdin.close()
    if arguments.csv:
        head = "pytorch as it comes,pytorch same layout,pytorch all settings,this library"
        lines = [",".join(f"{value:.1f}" for value in row) for row in rows]
        arguments.csv.write_text("\n".join([head, *lines]) + "\n")
    as_comes, layout, tuned, own = (statistics.median(column) for column in zip(*rows))
    print(f"{'residual, ' * arguments.residual}D = {arguments.width}, batch {arguments.batch}, {arguments.threads} threads,"
          f" {arguments.precision}, {len(rows)} turns of {arguments.steps} steps; medians:")  # fmt: skip
    print(f"PyTorch {torch.__version__} as it comes {as_comes:.1f} ms, same layout {layout:.1f} ms,"
          f" all settings {tuned:.1f} ms, this library {own:.1f} ms")  # fmt: skip
    for name, column in (("as it comes", 0), ("same layout", 1), ("all settings", 2)):
        low, middle, high = statistics.quantiles((row[3] / row[column] for row in rows), n=4)
        print(f"ratio to PyTorch {name}: {middle:.3f} ({low:.3f}-{high:.3f})")


if __name__ == "__main__":
    main()
