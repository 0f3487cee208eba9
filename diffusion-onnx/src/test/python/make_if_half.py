"""Writes both stages of DeepFloyd IF with few random weights, in half precision:

PYTHONPATH=docs/export python diffusion-onnx/src/test/python/make_if_half.py FOLDER
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import export_if
from random_models import save_stage, unet

SMALL = {
    "attention_head_dim": 4,
    "cross_attention_dim": 32,
    "encoder_hid_dim": 16,
    "norm_num_groups": 4,
}

for stage in (1, 2):
    with TemporaryDirectory() as model:
        save_stage(unet(stage, [4, 8], **SMALL), Path(model))
        out = Path(sys.argv[1]) / f"stage{stage}"
        export_if.main([f"stage{stage}", "--model", model, "--out", str(out), "--half"])
