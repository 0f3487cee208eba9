"""Writes the numbers of GuidersTest: what diffusers' guiders make of two predictions, step by
step.

Usage: python guidance.py ../resources/io/github/diffusion4j/guidance.json
Predictions are [2, 1, 2, 3] with value i at step k: sin(0.37 i + 1.3 k) without the condition,
1.2 sin(0.21 i + 0.7 k + 0.5) with it. Made with diffusers 0.42.1 and PyTorch 2.13 on a CPU.
"""

import json
import math
import pathlib
import sys

import torch
from diffusers.guiders import (
    AdaptiveProjectedGuidance,
    ClassifierFreeGuidance,
    ClassifierFreeZeroStarGuidance,
)
from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer

STEPS = 5
PLAIN = {
    "scale": 7.0,
    "original": False,
    "rescale": 0.0,
    "eta": 1.0,
    "limit": 0.0,
    "momentum": 0.0,
    "optimised": False,
    "zeroSteps": 0,
    "start": 0.0,
    "stop": 1.0,
}
CASES = {
    "plain": {},
    "original": {"original": True},
    "rescaled": {"rescale": 0.7},
    "interval": {"start": 0.3, "stop": 0.8},
    "original, rescaled": {"original": True, "rescale": 0.4, "scale": 3.5},
    "projected": {"eta": 0.0},
    "limited": {"limit": 1.0},
    "momentum": {"momentum": -0.5},
    "adaptive": {"eta": 0.0, "limit": 2.5, "momentum": -0.75, "scale": 10.0},
    "adaptive, half": {"eta": 0.5, "limit": 1.5, "momentum": 0.4},
    "adaptive, original": {"eta": 0.2, "limit": 1.5, "momentum": -0.6, "original": True},
    "adaptive, rescaled": {"eta": 0.0, "limit": 1.5, "momentum": -0.6, "rescale": 0.7},
    "adaptive in an interval": {"eta": 0.0, "momentum": -0.6, "start": 0.3, "stop": 0.8},
    "zero star": {"optimised": True},
    "zero star, zero at first": {"optimised": True, "zeroSteps": 2},
    "zero star, original": {"optimised": True, "original": True, "scale": 2.0},
    "zero star, rescaled": {"optimised": True, "rescale": 0.7},
}


def guider(case):
    shared = {
        "guidance_scale": case["scale"],
        "guidance_rescale": case["rescale"],
        "use_original_formulation": case["original"],
        "start": case["start"],
        "stop": case["stop"],
    }
    if case["optimised"]:
        return ClassifierFreeZeroStarGuidance(zero_init_steps=case["zeroSteps"], **shared)
    if case["eta"] == 1 and case["limit"] == 0 and case["momentum"] == 0:
        return ClassifierFreeGuidance(**shared)
    made = AdaptiveProjectedGuidance(
        adaptive_projected_guidance_momentum=case["momentum"],
        adaptive_projected_guidance_rescale=case["limit"],
        eta=case["eta"],
        **shared,
    )
    made.momentum_buffer = MomentumBuffer(case["momentum"])
    return made


def wave(factor, frequency, speed, offset, step):
    values = [factor * math.sin(frequency * i + speed * step + offset) for i in range(12)]
    return torch.tensor(values, dtype=torch.float32).reshape(2, 1, 2, 3)


made = []
for name, changes in CASES.items():
    case = PLAIN | changes
    guide = guider(case)
    predictions = []
    for step in range(STEPS):
        guide.set_state(step, STEPS, torch.tensor(0))
        without, given = wave(1, 0.37, 1.3, 0, step), wave(1.2, 0.21, 0.7, 0.5, step)
        predictions.append(guide.forward(given, without).pred.flatten().tolist())
    made.append({"name": name} | case | {"predictions": predictions})
text = ",\n".join(json.dumps(case) for case in made)
pathlib.Path(sys.argv[1]).write_text("[\n" + text + "\n]\n", encoding="utf-8")
