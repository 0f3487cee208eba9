"""Times an image by diffusers' IF pipeline against one by this library, on the same ONNX graph.

    python against_diffusers.py time FOLDER --java "java -cp ... ImageTimes"
    python against_diffusers.py model FOLDER --of TINY_IF --channels 64 128 192 256

The second makes a stage I with random weights, with the text encoder of another folder.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import onnxruntime
import torch
from diffusers import DDPMScheduler, IFPipeline
from transformers import PreTrainedTokenizerFast

PROMPT = "an oil painting of people around a campfire"


class Graph(torch.nn.Module):
    """A graph that diffusers takes for a network of torch's."""

    dtype = torch.float32
    device = torch.device("cpu")

    def __init__(self, file: Path, threads: int) -> None:
        super().__init__()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        providers = ["CPUExecutionProvider"]
        self.session = onnxruntime.InferenceSession(str(file), options, providers=providers)

    def ask(self, **inputs: torch.Tensor) -> torch.Tensor:
        fed = {name: value.numpy() for name, value in inputs.items()}
        return torch.from_numpy(self.session.run(None, fed)[0])


class Unet(Graph):
    @property
    def config(self) -> SimpleNamespace:
        size = self.session.get_inputs()[0].shape[2]
        return SimpleNamespace(in_channels=3, sample_size=size)

    def forward(self, sample, timestep, encoder_hidden_states, **_: object):
        answer = self.ask(
            sample=sample,
            timestep=timestep.to(torch.int64),
            encoder_hidden_states=encoder_hidden_states,
        )
        return (answer,)


class Encoder(Graph):
    def forward(self, input_ids, attention_mask):
        return (self.ask(input_ids=input_ids, attention_mask=attention_mask),)


def diffusers_images(folder: Path, steps: int, side: int, threads: int):
    """A function that makes an image by diffusers; the prompt is encoded once, as here."""
    torch.set_num_threads(threads)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer" / "tokenizer.json"),
        pad_token="<pad>", eos_token="</s>", unk_token="<unk>",
    )  # fmt: skip
    pipeline = IFPipeline(
        tokenizer, Encoder(folder / "text_encoder" / "model.onnx", threads),
        Unet(folder / "unet" / "model.onnx", threads),
        DDPMScheduler.from_pretrained(folder / "scheduler"),
        None, None, None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.set_progress_bar_config(disable=True)
    positive, negative = pipeline.encode_prompt(PROMPT, negative_prompt="")

    # With one thread the time that it worked, which other programs do not lengthen.
    now = time.perf_counter if threads > 1 else time.thread_time

    def image() -> float:
        start = now()
        pipeline(
            prompt_embeds=positive, negative_prompt_embeds=negative, height=side, width=side,
            num_inference_steps=steps, guidance_scale=7.0, output_type="pt",
            generator=torch.Generator().manual_seed(0),
        )  # fmt: skip
        return 1000 * (now() - start)

    return image


def times(arguments: argparse.Namespace) -> None:
    folder, steps, threads = arguments.folder, arguments.steps, arguments.threads
    side = json.loads((folder / "unet" / "config.json").read_text())["sample_size"]
    theirs = diffusers_images(folder, steps, side, threads)
    command = [*shlex.split(arguments.java), str(folder), str(steps), str(threads)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as java:

        def ours(order: str) -> float:
            java.stdin.write(order + "\n")
            java.stdin.flush()
            return float(java.stdout.readline())

        for _ in range(arguments.warm_up):
            theirs(), ours("image"), ours("bare")
        rows = [(theirs(), ours("image"), ours("bare")) for _ in range(arguments.pairs)]
        java.stdin.close()
    middle = [statistics.median(column) for column in zip(*rows)]
    ratio = statistics.median(image / other for other, image, _ in rows)
    outside = statistics.median((image - bare) / steps for _, image, bare in rows)
    print(f"{steps} steps, {threads} threads, {len(rows)} pairs; medians:")
    print(f"diffusers {middle[0]:.2f} ms, this library {middle[1]:.2f} ms, ratio {ratio:.3f}")
    print(f"bare run {middle[2] / steps:.3f} ms, outside {outside:.4f} ms a step, "
          f"{100 * outside * steps / middle[1]:.2f} %")  # fmt: skip


def model(arguments: argparse.Namespace) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "export"))
    import export_if
    from random_models import save_stage, unet

    with TemporaryDirectory() as stored:
        save_stage(unet(1, arguments.channels, encoder_hid_dim=16, sample_size=64), Path(stored))
        export_if.main(["stage1", "--model", stored, "--out", str(arguments.folder)])
    for part in ("text_encoder", "tokenizer", "model_index.json"):
        source, target = arguments.of / part, arguments.folder / part
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    timing = commands.add_parser("time")
    timing.add_argument("folder", type=Path)
    timing.add_argument("--java", required=True, help="the command that starts ImageTimes")
    timing.add_argument("--steps", type=int, default=20)
    timing.add_argument("--threads", type=int, default=1)
    timing.add_argument("--pairs", type=int, default=10)
    timing.add_argument("--warm-up", type=int, default=200)
    timing.set_defaults(run=times)
    making = commands.add_parser("model")
    making.add_argument("folder", type=Path)
    making.add_argument("--of", type=Path, required=True)
    making.add_argument("--channels", type=int, nargs="+", default=[64, 128, 192, 256])
    making.set_defaults(run=model)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
