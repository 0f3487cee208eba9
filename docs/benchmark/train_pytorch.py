"""Trains the course's denoiser or its DDPM by PyTorch, with the settings of this library's runs.

    python train_pytorch.py denoiser MNIST_FOLDER OUT --width 64
    python train_pytorch.py ddpm MNIST_FOLDER OUT --width 32

Writes OUT/loss.csv, and goes on from OUT/checkpoint.pt if it is there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from course_unet import Network, digits
from torch.nn import functional

SETTINGS = {"denoiser": (256, 5, 1e-4), "ddpm": (128, 20, 1e-3)}
T = 300
ALPHA_BARS = torch.cumprod(1 - torch.linspace(1e-4, 0.02, T), 0)


def asked(kind: str, clean: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor]:
    """What the network sees, the time that it is told, and what it should answer."""
    noise = torch.randn_like(clean)
    if kind == "denoiser":
        return clean + 0.5 * noise, None, clean
    t = torch.randint(T, (len(clean),))
    alpha_bar = ALPHA_BARS[t][:, None, None, None]
    noisy = alpha_bar.sqrt() * clean + (1 - alpha_bar).sqrt() * noise
    return noisy, ((t + 1) / T)[:, None], noise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=SETTINGS)
    parser.add_argument("folder", type=Path, help="the folder of the MNIST files")
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", default="FLOAT32", choices=("FLOAT32", "BFLOAT16"))
    arguments = parser.parse_args()
    batch, epochs, rate = SETTINGS[arguments.kind]
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1000 * arguments.seed)
    images, _ = digits(arguments.folder)
    net = Network(arguments.width, "nothing" if arguments.kind == "denoiser" else "time")
    net = net.to(memory_format=torch.channels_last)
    adam = torch.optim.Adam(net.parameters(), lr=rate, fused=True)
    mixed = arguments.precision == "BFLOAT16"
    arguments.out.mkdir(parents=True, exist_ok=True)
    checkpoint = arguments.out / "checkpoint.pt"
    losses: list[float] = []
    begun = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        net.load_state_dict(saved["net"])
        adam.load_state_dict(saved["adam"])
        losses, begun = saved["losses"], saved["epoch"]
    for epoch in range(begun, epochs):
        torch.manual_seed(1000 * arguments.seed + epoch + 1)
        for group in adam.param_groups:
            group["lr"] = rate * (0.1 ** (epoch / epochs) if arguments.kind == "ddpm" else 1)
        for chosen in torch.randperm(len(images)).split(batch):
            x, t, target = asked(arguments.kind, images[chosen].float() / 255)
            with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
                answer = net(torch.as_strided(x, x.shape, (28 * 28, 1, 28, 1)), t)
            loss = functional.mse_loss(answer.float(), target)
            adam.zero_grad()
            loss.backward()
            adam.step()
            losses.append(loss.item())
        state = {"net": net.state_dict(), "adam": adam.state_dict()}
        written = checkpoint.with_suffix(".new")
        torch.save({**state, "losses": losses, "epoch": epoch + 1}, written)
        written.replace(checkpoint)
        lines = [f"{step},{loss}" for step, loss in enumerate(losses, 1)]
        (arguments.out / "loss.csv").write_text("\n".join(["step,loss", *lines, ""]))
        last = losses[-200:]
        print(f"epoch {epoch + 1}: mean loss of the last {len(last)} steps {sum(last) / len(last):.6f}")


if __name__ == "__main__":
    main()
