"""Writes DeepFloyd IF as folders of ONNX graphs, in the layout of diffusers, for Diffusion4J."""

from __future__ import annotations

import argparse
import json
import pickle
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx_ir
import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from onnx_ir.passes.common import ClearMetadataAndDocStringPass
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import T5EncoderModel, T5TokenizerFast

OPSET = 18
TOKENS = 77
INLINE_LIMIT = 1_900_000_000
"""Weights of more bytes lie in a file of their own: a protobuf message ends at 2 GiB."""


@dataclass(frozen=True)
class Stage:
    """One of IF's two diffusion models: its pipeline, its schedulers, the channels it reads."""

    pipeline: str
    schedulers: tuple[str, ...]
    in_channels: int


STAGES = {
    "stage1": Stage("IFPipeline", ("scheduler",), 3),
    "stage2": Stage("IFSuperResolutionPipeline", ("scheduler", "image_noising_scheduler"), 6),
}


class Denoiser(nn.Module):
    """The UNet with tensors for arguments and answer; class_labels is stage 2's noise level."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        super().__init__()
        self.unet = unet

    def forward(
        self,
        sample: Tensor,
        timestep: Tensor,
        encoder_hidden_states: Tensor,
        class_labels: Tensor | None = None,
    ) -> Tensor:
        states = encoder_hidden_states
        return self.unet(sample, timestep, states, class_labels, return_dict=False)[0]


class TextEncoder(nn.Module):
    """T5's encoder with tensors for arguments and answer."""

    def __init__(self, encoder: T5EncoderModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        return self.encoder(input_ids, attention_mask, return_dict=False)[0]


@dataclass(frozen=True)
class Source:
    """Where weights are read: a name on the hub or a folder, which copy, and to what precision."""

    model: str
    variant: str | None
    precision: torch.dtype


def export_stage(name: str, source: Source, out: Path) -> None:
    """Writes a stage's UNet and schedulers."""
    stage = STAGES[name]
    with new_folder(out) as folder:
        config = UNet2DConditionModel.load_config(source.model, subfolder="unet")
        if config["in_channels"] != stage.in_channels:
            raise ValueError(
                f"{name} reads {stage.in_channels} channels, "
                f"but the UNet of {source.model} reads {config['in_channels']}"
            )
        print(f"Loading the UNet of {source.model}", flush=True)
        unet = UNet2DConditionModel.from_pretrained(
            source.model, subfolder="unet", variant=source.variant, torch_dtype=source.precision
        )
        write_json(folder / "unet" / "config.json", config)
        output = Output("out_sample", ("batch", None, "height", "width"))
        write_graph(Denoiser(unet), unet_inputs(unet), output, folder / "unet")
        index = {"unet": ["diffusers", "UNet2DConditionModel"]}
        for part in stage.schedulers:
            settings = DDPMScheduler.load_config(source.model, subfolder=part)
            write_json(folder / part / "scheduler_config.json", settings)
            index[part] = ["diffusers", "DDPMScheduler"]
        write_json(folder / "model_index.json", {"_class_name": stage.pipeline} | index)


def export_text_encoder(source: Source, out: Path) -> None:
    """Writes the T5 encoder and its tokenizer, to a new folder or to a stage 1 without them."""
    pipeline = STAGES["stage1"].pipeline
    index_file = out / "model_index.json"
    stored = json.loads(index_file.read_text()) if index_file.is_file() else {}
    adds = stored.get("_class_name") == pipeline and "text_encoder" not in stored
    index = stored if adds else {"_class_name": pipeline}
    with new_folder(out, adds) as folder:
        tokenizer = T5TokenizerFast.from_pretrained(source.model, subfolder="tokenizer")
        tokenizer.save_pretrained(folder / "tokenizer")
        print(f"Loading the text encoder of {source.model}", flush=True)
        encoder = T5EncoderModel.from_pretrained(
            source.model,
            subfolder="text_encoder",
            variant=source.variant,
            dtype=source.precision,
            attn_implementation="eager",  # the exporter cannot follow the fused form
        )
        output = Output("last_hidden_state", ("batch", "tokens", None))
        write_graph(TextEncoder(encoder), text_inputs(), output, folder / "text_encoder")
        encoder.config.save_pretrained(folder / "text_encoder")
        index["tokenizer"] = ["transformers", "T5Tokenizer"]
        index["text_encoder"] = ["transformers", "T5EncoderModel"]
        write_json(folder / "model_index.json", index)


def convert_embeddings(source: Path, out: Path) -> None:
    """Writes a dictionary of prompts and their T5 states, saved by torch, as safetensors."""
    if out.exists():
        raise ValueError(f"{out} exists already")
    embeddings = torch.load(source, map_location="cpu", weights_only=True)
    if not isinstance(embeddings, dict) or not embeddings:
        raise ValueError(f"{source} holds no dictionary of prompts")
    for prompt, states in embeddings.items():
        if not isinstance(states, Tensor) or states.ndim != 3 or states.shape[0] != 1:
            raise ValueError(f"'{prompt}' has no tensor [1, tokens, width] in {source}")
    copies = {prompt: states.detach().clone().contiguous() for prompt, states in embeddings.items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".partial")
    save_file(copies, partial)
    partial.replace(out)


@dataclass(frozen=True)
class Input:
    """An example of an input, of which all axes with a name may have other sizes."""

    example: Tensor
    axes: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Output:
    """The name of an output and of those of its axes that may have any size."""

    name: str
    axes: tuple[str | None, ...]


def unet_inputs(unet: UNet2DConditionModel) -> dict[str, Input]:
    config = unet.config
    size = config.sample_size
    inputs = {
        "sample": Input(
            torch.zeros(2, config.in_channels, size, size, dtype=unet.dtype),
            ("batch", None, "height", "width"),
        ),
        "timestep": Input(torch.tensor(500)),
        "encoder_hidden_states": Input(
            torch.zeros(2, TOKENS, config.encoder_hid_dim, dtype=unet.dtype),
            ("batch", "tokens", None),
        ),
    }
    if config.class_embed_type is not None:
        inputs["class_labels"] = Input(torch.tensor([250, 250]), ("batch",))
    return inputs


def text_inputs() -> dict[str, Input]:
    # A tensor each: the exporter would take one tensor for one input.
    return {
        name: Input(torch.ones(2, TOKENS, dtype=torch.int64), ("batch", "tokens"))
        for name in ("input_ids", "attention_mask")
    }


def write_graph(module: nn.Module, inputs: dict[str, Input], output: Output, folder: Path) -> None:
    """Writes module as folder/model.onnx, with model.onnx_data beside it for large weights."""
    size = sum(weights.nbytes for weights in module.parameters())
    print(f"Writing {size / 1e6:,.0f} MB of weights", flush=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module.eval(),
            kwargs={name: value.example for name, value in inputs.items()},
            dynamic_shapes={
                name: {axis: label for axis, label in enumerate(value.axes) if label}
                for name, value in inputs.items()
            },
            input_names=list(inputs),
            output_names=[output.name],
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    answer = program.model.graph.outputs[0]
    answer.shape = onnx_ir.Shape(
        label or length for label, length in zip(output.axes, answer.shape, strict=True)
    )
    folder.mkdir(parents=True, exist_ok=True)
    # Each node of the exporter carries a stack trace.
    ClearMetadataAndDocStringPass()(program.model)
    weights_file = "model.onnx_data" if size > INLINE_LIMIT else None
    onnx_ir.save(program.model, folder / "model.onnx", external_data=weights_file)


def write_json(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    public = {key: value for key, value in content.items() if key != "_name_or_path"}
    file.write_text(json.dumps(public, indent=2) + "\n")


@contextmanager
def new_folder(target: Path, may_add: bool = False) -> Iterator[Path]:
    """Yields a folder beside target, whose content is moved there if no error comes."""
    if target.exists() and not target.is_dir():
        raise ValueError(f"{target} is a file")
    if target.exists() and any(target.iterdir()) and not may_add:
        raise ValueError(f"{target} is not empty")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=target.name + ".partial-", dir=target.parent))
    try:
        yield partial
        target.mkdir(exist_ok=True)
        # The index comes last: what it names is there.
        for part in sorted(partial.iterdir(), key=lambda part: part.is_file()):
            part.replace(target / part.name)
    finally:
        shutil.rmtree(partial)


def parser() -> argparse.ArgumentParser:
    commands = argparse.ArgumentParser(prog="export_if.py", description=__doc__)
    parts = commands.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, what in (
        ("stage1", "the UNet of IF-I, 64 x 64 pixels"),
        ("stage2", "the UNet of IF-II, 256 x 256 pixels"),
        ("text-encoder", "the T5 encoder and its tokenizer"),
    ):
        command = parts.add_parser(name, help=what, description=what)
        command.add_argument("--model", required=True, help="name on the hub, or a local folder")
        command.add_argument("--out", required=True, type=Path, help="folder to write")
        command.add_argument("--half", action="store_true", help="float16 in place of float32")
        command.add_argument("--variant", help="copy of the weights to read, such as fp16")
    what = "the course's prompt_embeds_dict.pth as safetensors"
    command = parts.add_parser("embeddings", help=what, description=what)
    command.add_argument("source", type=Path, help="the file saved by torch")
    command.add_argument("--out", required=True, type=Path, help="safetensors file to write")
    return commands


def main(arguments: list[str] | None = None) -> None:
    given = parser().parse_args(arguments)
    try:
        if given.command == "embeddings":
            convert_embeddings(given.source, given.out)
        else:
            precision = torch.float16 if given.half else torch.float32
            source = Source(given.model, given.variant, precision)
            if given.command == "text-encoder":
                export_text_encoder(source, given.out)
            else:
                export_stage(given.command, source, given.out)
    except (OSError, ValueError, pickle.UnpicklingError) as error:
        raise SystemExit(f"Nothing was written: {error}") from error
    print(f"Wrote {given.out}")


if __name__ == "__main__":
    main()
