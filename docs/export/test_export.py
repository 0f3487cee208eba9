"""Exports random models of the real classes and compares ONNX Runtime's answers with torch's.

EXPORT_FULL=1 adds a network of the size of IF-I-M. No network is needed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
import onnxruntime
import sentencepiece
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import T5EncoderModel

import export_if
from random_models import if_m, save_stage, save_text, unet

TOLERANCE = 1e-4
PROMPTS = ["", "a rocket ship", "  an oil  painting\nof a man ", "naïve ½ ﬁ 東京 🙂"]


def unet_queries(model: UNet2DConditionModel) -> list[dict[str, Tensor]]:
    """Other batches, times, sizes and numbers of tokens than those of the export."""
    size = model.config.sample_size
    queries = []
    for batch, time_, side, tokens in (
        (2, 500, size, 77), (4, 500, size, 77), (2, 3, size, 77), (1, 990, 2 * size, 5),
    ):  # fmt: skip
        query = {
            "sample": torch.randn(batch, model.config.in_channels, side, side),
            "timestep": torch.tensor(time_),
            "encoder_hidden_states": torch.randn(batch, tokens, model.config.encoder_hid_dim),
        }
        if model.config.class_embed_type is not None:
            query["class_labels"] = torch.randint(0, 1000, (batch,))
        queries.append(query)
    return queries


def text_queries() -> list[dict[str, Tensor]]:
    queries = []
    for batch, tokens, kept in ((2, 77, 77), (4, 77, 9), (1, 5, 3)):
        mask = torch.ones(batch, tokens, dtype=torch.int64)
        mask[:, kept:] = 0
        ids = torch.randint(0, 256, (batch, tokens))
        queries.append({"input_ids": ids, "attention_mask": mask})
    return queries


def largest_difference(module: nn.Module, file: Path, queries: list[dict[str, Tensor]]) -> float:
    """The largest difference of ONNX Runtime's answers from those of module in float32."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    half = {node.name for node in session.get_inputs() if node.type == "tensor(float16)"}
    differences = []
    for query in queries:
        fed = {name: (v.half() if name in half else v).numpy() for name, v in query.items()}
        answer = session.run(None, fed)[0].astype(np.float32)
        with torch.no_grad():
            expected = module.eval()(**query).numpy()
        differences.append(float(np.abs(answer - expected).max()))
    return max(differences)


def report(what: str, difference: float, file: Path) -> None:
    figures = f"{what}: difference {difference:.1e}, {file.stat().st_size:,} bytes"
    print(f"\n{figures}", file=sys.__stdout__, flush=True)


def axes(value: onnx.ValueInfoProto) -> list[str | int]:
    return [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]


class ExportTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.model = self.folder / "model"
        self.out = self.folder / "out"
        torch.manual_seed(1)

    def run_tool(self, *arguments: object) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            export_if.main([str(argument) for argument in arguments])
        return output.getvalue()

    def refused(self, *arguments: object) -> str:
        with self.assertRaises(SystemExit) as refusal:
            self.run_tool(*arguments)
        return str(refusal.exception)

    def check_stage(self, stage: int, model: UNet2DConditionModel) -> None:
        save_stage(model, self.model)
        queries = unet_queries(model)
        for half in (False, True):
            out = self.folder / f"half-{half}"
            flags = ["--half"] if half else []
            self.run_tool(f"stage{stage}", "--model", self.model, "--out", out, *flags)
            file = out / "unet" / "model.onnx"
            difference = largest_difference(export_if.Denoiser(model), file, queries)
            report(f"stage {stage}, half {half}", difference, file)
            self.assertLessEqual(difference, 0.05 if half else TOLERANCE)
            onnx.checker.check_model(file)
        graph = onnx.load(self.folder / "half-False" / "unet" / "model.onnx").graph
        images = ["batch", 3 * stage, "height", "width"]
        inputs = {
            "sample": images,
            "timestep": [],
            "encoder_hidden_states": ["batch", "tokens", 32],
        } | ({"class_labels": ["batch"]} if stage == 2 else {})
        self.assertEqual({value.name: axes(value) for value in graph.input}, inputs)
        outputs = {"out_sample": ["batch", 6, "height", "width"]}
        self.assertEqual({value.name: axes(value) for value in graph.output}, outputs)

    def test_stage1_answers_as_torch_does(self) -> None:
        self.check_stage(1, unet(1, [16, 32]))
        index = json.loads((self.folder / "half-False" / "model_index.json").read_text())
        self.assertEqual(index["_class_name"], "IFPipeline")
        self.assertEqual(set(index), {"_class_name", "unet", "scheduler"})

    def test_stage2_answers_as_torch_does(self) -> None:
        self.check_stage(2, unet(2, [16, 32], layers_per_block=[1, 2]))
        out = self.folder / "half-False"
        for part in ("scheduler", "image_noising_scheduler"):
            stored = json.loads((out / part / "scheduler_config.json").read_text())
            self.assertEqual(stored["beta_schedule"], "squaredcos_cap_v2")

    def test_large_weights_lie_beside_the_graph(self) -> None:
        model = unet(1, [16, 32])
        save_stage(model, self.model)
        with mock.patch.object(export_if, "INLINE_LIMIT", 0):
            self.run_tool("stage1", "--model", self.model, "--out", self.out)
        file = self.out / "unet" / "model.onnx"
        weights = self.out / "unet" / "model.onnx_data"
        self.assertGreater(weights.stat().st_size, 3 * model.num_parameters())
        difference = largest_difference(export_if.Denoiser(model), file, unet_queries(model))
        self.assertLessEqual(difference, TOLERANCE)

    def test_variant_names_the_stored_copy(self) -> None:
        save_stage(unet(1, [16, 32]).half(), self.model, variant="fp16")
        arguments = ("stage1", "--model", self.model, "--out", self.out, "--half")
        self.assertIn("diffusion_pytorch_model", self.refused(*arguments))
        self.run_tool(*arguments, "--variant", "fp16")
        self.assertTrue((self.out / "unet" / "model.onnx").is_file())

    def test_text_encoder_joins_stage1_and_answers_as_torch_does(self) -> None:
        save_stage(unet(1, [16, 32]), self.model)
        save_text(self.model)
        encoder = T5EncoderModel.from_pretrained(self.model / "text_encoder")
        queries = text_queries()
        for half in (False, True):
            out = self.folder / f"half-{half}"
            flags = ["--half"] if half else []
            self.run_tool("stage1", "--model", self.model, "--out", out, *flags)
            self.run_tool("text-encoder", "--model", self.model, "--out", out, *flags)
            index = json.loads((out / "model_index.json").read_text())
            parts = {path.name for path in out.iterdir()} - {"model_index.json"}
            self.assertEqual(set(index) - {"_class_name"}, parts)
            file = out / "text_encoder" / "model.onnx"
            difference = largest_difference(export_if.TextEncoder(encoder), file, queries)
            report(f"text encoder, half {half}", difference, file)
            self.assertLessEqual(difference, 0.05 if half else TOLERANCE)
        graph = onnx.load(file).graph
        tokens = {"input_ids": ["batch", "tokens"], "attention_mask": ["batch", "tokens"]}
        self.assertEqual({value.name: axes(value) for value in graph.input}, tokens)

    def test_tokenizer_json_is_the_sentencepiece_model(self) -> None:
        save_text(self.model)
        self.run_tool("text-encoder", "--model", self.model, "--out", self.out)
        original = sentencepiece.SentencePieceProcessor(str(self.model / "tokenizer/spiece.model"))
        converted = Tokenizer.from_file(str(self.out / "tokenizer" / "tokenizer.json"))
        for prompt in PROMPTS:
            expected = original.encode(prompt) + [original.eos_id()]
            self.assertEqual(converted.encode(prompt).ids, expected, prompt)

    def test_embeddings_keep_prompts_and_values(self) -> None:
        source, out = self.folder / "prompt_embeds_dict.pth", self.folder / "new" / "embeds.safetensors"
        embeddings = {prompt: torch.randn(1, 77, 4096).half() for prompt in PROMPTS}
        torch.save(embeddings, source)
        self.run_tool("embeddings", source, "--out", out)
        written = load_file(out)
        self.assertEqual(set(written), set(embeddings))
        for prompt, states in embeddings.items():
            self.assertTrue(torch.equal(written[prompt], states), prompt)
        self.assertIn("exists", self.refused("embeddings", source, "--out", out))

    def test_refusals_name_the_reason_and_write_nothing(self) -> None:
        save_stage(unet(2, [16, 32]), self.model)
        arguments = ("stage1", "--model", self.model, "--out", self.out)
        self.assertIn("reads 6", self.refused(*arguments))
        self.out.mkdir()
        (self.out / "mine.txt").write_text("kept")
        self.assertIn("not empty", self.refused(*arguments))
        self.assertEqual([path.name for path in self.out.iterdir()], ["mine.txt"])
        code = self.folder / "code.pth"
        torch.save({"a": time.sleep}, code)
        self.refused("embeddings", code, "--out", self.folder / "code.safetensors")
        names = {path.name for path in self.folder.iterdir()}
        self.assertEqual(names, {"model", "out", "code.pth"})

    @unittest.skipUnless(os.environ.get("EXPORT_FULL"), "EXPORT_FULL=1 adds the full size")
    def test_full_size_answers_as_torch_does(self) -> None:
        model = if_m()
        save_stage(model, self.model)
        start = time.monotonic()
        self.run_tool("stage1", "--model", self.model, "--out", self.out)
        seconds = time.monotonic() - start
        file = self.out / "unet" / "model.onnx"
        queries = unet_queries(model)[:3]
        difference = largest_difference(export_if.Denoiser(model), file, queries)
        report(f"IF-I-M, {model.num_parameters():,} parameters, {seconds:.0f} s", difference, file)
        self.assertLessEqual(difference, TOLERANCE)


if __name__ == "__main__":
    unittest.main()
