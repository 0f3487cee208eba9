"""Writes a file of the form of schedulers.json from diffusers' own schedulers.

  pip install torch diffusers scipy
  python scheduler_goldens.py ../resources/more-schedulers.json

The network is of closed form, so that no weights are needed; what is recorded is every sample of
every step. With a seed and a number as further arguments it draws as many random configurations in place
of the list below; what diffusers itself cannot run is left out.
"""

import inspect
import json
import random
import sys
import warnings

import diffusers
import numpy as np
import torch

warnings.filterwarnings("ignore")
diffusers.utils.logging.set_verbosity_error()

SHAPE = (1, 3, 4, 4)
SD = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
COSINE = {"beta_schedule": "squaredcos_cap_v2"}
IF = {"variance_type": "learned_range", "thresholding": True, "dynamic_thresholding_ratio": 0.95}


def start():
    i = np.arange(int(np.prod(SHAPE)), dtype=np.float64)
    x = 1.3 * np.sin(0.7 * i + 0.3) + 0.4 * np.cos(0.11 * i * i)
    return torch.from_numpy(x.astype(np.float32)).reshape(SHAPE)


def model(x, t, channels):
    p = 0.8 * torch.sin(2 * x.double() + float(t) / 500)
    p = p.float()
    return torch.cat([p, torch.sin(3 * p.double()).float()], 1) if channels == 6 else p


def rounded(tensor):
    return [float("%.8g" % value) for value in tensor.flatten().tolist()]


def run(name, scheduler, config, call, step_arguments=None, channels=3, seed=None):
    step_arguments = step_arguments or {}
    s = getattr(diffusers, scheduler)(**config)
    s.set_timesteps(**call)
    scale = float(getattr(s, "init_noise_sigma", 1.0))
    x = start() * scale
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    takes = inspect.signature(s.step).parameters
    samples, cleans = [], []
    for t in s.timesteps:
        seen = s.scale_model_input(x, t) if hasattr(s, "scale_model_input") else x
        out = model(seen, t, channels)
        if channels == 6 and scheduler not in (
            "DDPMScheduler", "UnCLIPScheduler", "DPMSolverMultistepScheduler",
            "DPMSolverSinglestepScheduler", "SASolverScheduler"):
            out = out[:, :3]
        extra = dict(step_arguments)
        if "prev_timestep" in takes:
            later = s.timesteps[s.timesteps < t]
            extra["prev_timestep"] = int(later[0]) if len(later) else None
        if "generator" in takes and seed is not None:
            extra["generator"] = generator
        result = s.step(out, t, x, **extra)
        x = result.prev_sample
        samples.append(rounded(x))
        clean = getattr(result, "pred_original_sample", None)
        if clean is not None:
            cleans.append(rounded(clean))
    if not all(np.isfinite(v).all() for v in map(np.array, samples)):
        raise ValueError("not finite")
    alphas = getattr(s, "alphas_cumprod", None)
    sigmas = getattr(s, "sigmas", None)
    return {
        "name": name,
        "scheduler": scheduler,
        "config": config,
        "call": call,
        "step_arguments": step_arguments,
        "predicted_channels": channels,
        "seed": seed,
        "init_noise_sigma": scale,
        "timesteps": [float(t) for t in s.timesteps],
        "sigmas": None if sigmas is None else [float(v) for v in sigmas],
        "alphas_cumprod_sample": None if alphas is None else {
            str(t): float(alphas[t]) for t in (0, 1, 250, 500, 750, 999) if t < len(alphas)},
        "samples": samples,
        "predicted_clean": cleans if cleans else None,
    }


N = "num_inference_steps"

CASES = [
    ("ddim-inverse", "DDIMInverseScheduler", {**SD, "clip_sample": False}, {N: 10}),
    ("ddim-inverse-v-trailing", "DDIMInverseScheduler",
     {**SD, "prediction_type": "v_prediction", "timestep_spacing": "trailing"}, {N: 7}),
    ("ddim-clipped-eta", "DDIMScheduler", {}, {N: 9},
     {"eta": 0.5, "use_clipped_model_output": True}, 3, 1),
    ("ddim-linspace", "DDIMScheduler", {"timestep_spacing": "linspace"}, {N: 7}),
    ("ddpm-trailing-large", "DDPMScheduler",
     {"variance_type": "fixed_large", "timestep_spacing": "trailing"}, {N: 7}, {}, 3, 2),
    ("ddpm-sigmoid", "DDPMScheduler", {"beta_schedule": "sigmoid"}, {N: 8}, {}, 3, 2),
    ("ddpm-trained", "DDPMScheduler",
     {"trained_betas": [0.01 + 0.0003 * i for i in range(60)], "num_train_timesteps": 60},
     {N: 6}, {}, 3, 3),
    ("pndm-linspace-v", "PNDMScheduler",
     {**SD, "skip_prk_steps": True, "timestep_spacing": "linspace",
      "prediction_type": "v_prediction"}, {N: 7}),
    ("pndm-prk-trailing", "PNDMScheduler",
     {**SD, "timestep_spacing": "trailing", "set_alpha_to_one": True}, {N: 7}),
    ("ipndm", "IPNDMScheduler", {}, {N: 9}),
    ("euler-churn", "EulerDiscreteScheduler", SD, {N: 8},
     {"s_churn": 2.0, "s_tmin": 0.1, "s_noise": 1.01}, 3, 4),
    ("euler-churn-v", "EulerDiscreteScheduler", {**SD, "prediction_type": "v_prediction"}, {N: 8},
     {"s_churn": 2.0}, 3, 4),
    ("euler-log-linear", "EulerDiscreteScheduler", {**SD, "interpolation_type": "log_linear"},
     {N: 8}),
    ("euler-continuous-v", "EulerDiscreteScheduler",
     {**SD, "timestep_type": "continuous", "prediction_type": "v_prediction",
      "use_karras_sigmas": True, "sigma_min": 0.05, "sigma_max": 20.0}, {N: 8}),
    ("euler-sigma-min", "EulerDiscreteScheduler",
     {**SD, "final_sigmas_type": "sigma_min", "prediction_type": "sample"}, {N: 8}),
    ("euler-zero-snr", "EulerDiscreteScheduler",
     {**SD, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction",
      "timestep_spacing": "trailing"}, {N: 8}),
    ("euler-timesteps", "EulerDiscreteScheduler", SD, {"timesteps": [900, 611, 300, 20]}),
    ("euler-sigmas", "EulerDiscreteScheduler", SD, {"sigmas": [12.0, 6.5, 2.2, 0.7, 0.0]}),
    ("euler-a-v", "EulerAncestralDiscreteScheduler", {**SD, "prediction_type": "v_prediction"},
     {N: 8}, {}, 3, 5),
    ("heun-clip-trailing", "HeunDiscreteScheduler",
     {"clip_sample": True, "timestep_spacing": "trailing"}, {N: 6}),
    ("heun-exp", "HeunDiscreteScheduler", {"beta_schedule": "exp", "use_beta_sigmas": True}, {N: 5}),
    ("lms-karras-order3", "LMSDiscreteScheduler", {**SD, "use_karras_sigmas": True}, {N: 8},
     {"order": 3}),
    ("kdpm2-karras-v", "KDPM2DiscreteScheduler",
     {**SD, "use_karras_sigmas": True, "prediction_type": "v_prediction"}, {N: 6}),
    ("kdpm2a-leading", "KDPM2AncestralDiscreteScheduler",
     {**SD, "timestep_spacing": "leading", "steps_offset": 1}, {N: 6}, {}, 3, 6),
    ("dpmpp-3m-sde", "DPMSolverMultistepScheduler",
     {**SD, "algorithm_type": "sde-dpmsolver++", "solver_order": 3}, {N: 16}, {}, 3, 7),
    ("dpmpp-lu", "DPMSolverMultistepScheduler",
     {"use_lu_lambdas": True}, {N: 9}),
    ("dpmpp-linear-beta", "DPMSolverMultistepScheduler", {"use_beta_sigmas": True}, {N: 6}),
    ("dpmpp-euler-final-20", "DPMSolverMultistepScheduler",
     {**SD, "euler_at_final": True, "final_sigmas_type": "sigma_min", "solver_order": 3}, {N: 20}),
    ("dpm-3m", "DPMSolverMultistepScheduler",
     {**SD, "algorithm_type": "dpmsolver", "solver_order": 3, "final_sigmas_type": "sigma_min"},
     {N: 17}),
    ("dpm-sde-heun", "DPMSolverMultistepScheduler",
     {**SD, "algorithm_type": "sde-dpmsolver", "solver_type": "heun",
      "final_sigmas_type": "sigma_min"}, {N: 9}, {}, 3, 8),
    ("dpm-threshold", "DPMSolverMultistepScheduler",
     {**SD, "algorithm_type": "dpmsolver", "thresholding": True, "sample_max_value": 1.2,
      "final_sigmas_type": "sigma_min"}, {N: 9}),
    ("dpmpp-timesteps", "DPMSolverMultistepScheduler", SD, {"timesteps": [900, 611, 300, 20]}),
    ("dpmpp-leading-zsnr", "DPMSolverMultistepScheduler",
     {**SD, "timestep_spacing": "leading", "rescale_betas_zero_snr": True,
      "prediction_type": "v_prediction"}, {N: 9}),
    ("dpmpp-3s", "DPMSolverSinglestepScheduler", {**SD, "solver_order": 3}, {N: 9}),
    ("dpmpp-3s-heun-10", "DPMSolverSinglestepScheduler",
     {**SD, "solver_order": 3, "solver_type": "heun", "lower_order_final": True}, {N: 10}),
    ("dpm-3s-min", "DPMSolverSinglestepScheduler",
     {**SD, "solver_order": 3, "algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min"},
     {N: 12}),
    ("dpmpp-2s-sde-karras", "DPMSolverSinglestepScheduler",
     {**SD, "algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True}, {N: 8}, {}, 3, 9),
    ("unipc-3-bh1", "UniPCMultistepScheduler", {**SD, "solver_order": 3, "solver_type": "bh1", "final_sigmas_type": "sigma_min"},
     {N: 9}),
    ("unipc-noise", "UniPCMultistepScheduler",
     {**SD, "predict_x0": False, "final_sigmas_type": "sigma_min", "disable_corrector": [0, 1]},
     {N: 9}),
    ("unipc-karras-min", "UniPCMultistepScheduler",
     {**SD, "use_karras_sigmas": True, "final_sigmas_type": "sigma_min"}, {N: 9}),
    ("unipc-flow-dynamic", "UniPCMultistepScheduler",
     {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "use_dynamic_shifting": True,
      "shift_terminal": 0.02}, {N: 9, "mu": 0.7}),
    ("deis-3-karras", "DEISMultistepScheduler",
     {**SD, "solver_order": 3, "use_karras_sigmas": True}, {N: 16}),
    ("deis-flow", "DEISMultistepScheduler",
     {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 2.0}, {N: 9}),
    ("sa-solver", "SASolverScheduler", SD, {N: 10}, {}, 3, 10),
    ("sa-solver-3-noise", "SASolverScheduler",
     {**SD, "predictor_order": 3, "corrector_order": 4, "algorithm_type": "noise_prediction"},
     {N: 10}, {}, 3, 10),
    ("lcm-clip", "LCMScheduler", {"clip_sample": True, "original_inference_steps": 40}, {N: 5},
     {}, 3, 11),
    ("tcd-eta0", "TCDScheduler", {}, {N: 5}, {"eta": 0.0}),
    ("unclip", "UnCLIPScheduler", {"prediction_type": "sample"}, {N: 9}, {}, 3, 12),
    ("unclip-learned", "UnCLIPScheduler",
     {"variance_type": "learned_range", "prediction_type": "sample", "clip_sample_range": 0.6},
     {N: 40}, {}, 6, 12),
    ("flow-euler-stochastic", "FlowMatchEulerDiscreteScheduler",
     {"stochastic_sampling": True, "shift": 2.0}, {N: 8}, {}, 3, 13),
    ("flow-euler-karras-terminal", "FlowMatchEulerDiscreteScheduler",
     {"use_karras_sigmas": True, "shift_terminal": 0.1, "shift": 1.5}, {N: 8}),
    ("flow-euler-inverted", "FlowMatchEulerDiscreteScheduler", {"invert_sigmas": True}, {N: 8}),
    ("flow-euler-linear-mu", "FlowMatchEulerDiscreteScheduler",
     {"use_dynamic_shifting": True, "time_shift_type": "linear"}, {N: 8, "mu": 1.7}),
    ("flow-euler-sigmas", "FlowMatchEulerDiscreteScheduler", {"shift": 2.0},
     {"sigmas": [0.9, 0.6, 0.2]}),
    ("edm-euler-churn", "EDMEulerScheduler", {"sigma_schedule": "exponential"}, {N: 8},
     {"s_churn": 3.0}, 3, 14),
    ("edm-euler-v-min", "EDMEulerScheduler",
     {"prediction_type": "v_prediction", "final_sigmas_type": "sigma_min", "rho": 5.0}, {N: 8}),
    ("edm-dpmpp-3m", "EDMDPMSolverMultistepScheduler", {"solver_order": 3, "solver_type": "heun"},
     {N: 16}),
    ("edm-dpmpp-sde", "EDMDPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"},
     {N: 8}, {}, 3, 15),
    ("ddpm-laplace", "DDPMScheduler", {"beta_schedule": "laplace"}, {N: 9}, {}, 3, 16),
    ("ddpm-zero-snr-log", "DDPMScheduler",
     {"variance_type": "fixed_small_log", "rescale_betas_zero_snr": True,
      "prediction_type": "v_prediction", "timestep_spacing": "trailing"}, {N: 8}, {}, 3, 16),
    ("ddim-zero-snr-offset", "DDIMScheduler",
     {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction", "steps_offset": 1,
      "set_alpha_to_one": False, "thresholding": True, "sample_max_value": 1.3}, {N: 8}),
    ("lcm-scaling-zero-snr", "LCMScheduler",
     {"timestep_scaling": 4.0, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"},
     {N: 4}, {}, 3, 17),
    ("lcm-timesteps-threshold", "LCMScheduler",
     {"thresholding": True, "dynamic_thresholding_ratio": 0.9, "set_alpha_to_one": False},
     {"timesteps": [999, 759, 499, 259]}, {}, 3, 17),
    ("tcd-zero-snr-original", "TCDScheduler",
     {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction",
      "original_inference_steps": 40}, {N: 5}, {"eta": 0.4}, 3, 18),
    ("tcd-sample-timesteps", "TCDScheduler",
     {**COSINE, "prediction_type": "sample", "set_alpha_to_one": False},
     {"timesteps": [959, 699, 399, 99]}, {"eta": 1.0}, 3, 18),
    ("heun-timesteps", "HeunDiscreteScheduler", SD, {"timesteps": [900, 611, 300, 20]}),
    ("heun-exponential-v", "HeunDiscreteScheduler",
     {**SD, "use_exponential_sigmas": True, "prediction_type": "v_prediction"}, {N: 6}),
    ("kdpm2-beta", "KDPM2DiscreteScheduler", {**SD, "use_beta_sigmas": True}, {N: 6}),
    ("lms-exponential-v", "LMSDiscreteScheduler",
     {**SD, "use_exponential_sigmas": True, "prediction_type": "v_prediction"}, {N: 7}),
    ("euler-a-zero-snr", "EulerAncestralDiscreteScheduler",
     {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction",
      "timestep_spacing": "trailing"}, {N: 8}, {}, 3, 19),
    ("dpmpp-full-order", "DPMSolverMultistepScheduler",
     {**SD, "lower_order_final": False, "solver_order": 3, "use_exponential_sigmas": True,
      "lambda_min_clipped": -4.0}, {N: 9}),
    ("dpmpp-sde-karras-min", "DPMSolverMultistepScheduler",
     {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True,
      "final_sigmas_type": "sigma_min"}, {N: 9}, {}, 3, 19),
    ("dpmpp-flow", "DPMSolverMultistepScheduler",
     {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 3.0}, {N: 9}),
    ("dpmpp-2s-full-order", "DPMSolverSinglestepScheduler",
     {**SD, "lower_order_final": False, "final_sigmas_type": "sigma_min", "use_beta_sigmas": True,
      "thresholding": True, "prediction_type": "sample"}, {N: 9}),
    ("unipc-zero-snr", "UniPCMultistepScheduler",
     {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction",
      "timestep_spacing": "trailing"}, {N: 9}),
    ("unipc-exponential-threshold", "UniPCMultistepScheduler",
     {**SD, "use_exponential_sigmas": True, "thresholding": True, "sample_max_value": 1.2,
      "timestep_spacing": "leading", "steps_offset": 1}, {N: 9}),
    ("unipc-flow-shift", "UniPCMultistepScheduler",
     {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 2.5}, {N: 7}),
    ("deis-full-order-v", "DEISMultistepScheduler",
     {**SD, "lower_order_final": False, "prediction_type": "v_prediction",
      "timestep_spacing": "trailing"}, {N: 9}),
    ("deis-beta-threshold", "DEISMultistepScheduler",
     {**SD, "use_beta_sigmas": True, "thresholding": True}, {N: 9}),
    ("sa-solver-karras-v", "SASolverScheduler",
     {**SD, "use_karras_sigmas": True, "prediction_type": "v_prediction",
      "timestep_spacing": "trailing", "lower_order_final": False}, {N: 10}, {}, 3, 20),
    ("sa-solver-threshold", "SASolverScheduler",
     {**SD, "thresholding": True, "sample_max_value": 1.2, "use_exponential_sigmas": True},
     {N: 9}, {}, 3, 20),
    ("sa-solver-flow", "SASolverScheduler",
     {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 2.0}, {N: 9},
     {}, 3, 20),
    ("edm-dpmpp-threshold-full", "EDMDPMSolverMultistepScheduler",
     {"thresholding": True, "sample_max_value": 1.1, "lower_order_final": False,
      "euler_at_final": True, "final_sigmas_type": "sigma_min"}, {N: 9}),
    ("flow-euler-timesteps", "FlowMatchEulerDiscreteScheduler", {"shift": 2.0},
     {"timesteps": [950.0, 611.0, 200.0]}),
    ("flow-heun-shift", "FlowMatchHeunDiscreteScheduler", {"shift": 4.0}, {N: 7}),
]


def drawn(rng):
    """A random configuration of one of the classes that the published cases have."""
    pick = rng.choice
    flags = ["use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", None, None]
    beta = pick([SD, {"beta_schedule": "linear", "beta_start": 1e-4, "beta_end": 0.02}, COSINE])
    kind = pick(["epsilon", "epsilon", "v_prediction", "sample"])
    spacing = pick(["linspace", "leading", "trailing"])
    steps = rng.randint(4, 22)
    cls = pick(["DDPMScheduler", "DDIMScheduler", "PNDMScheduler", "EulerDiscreteScheduler",
                "EulerAncestralDiscreteScheduler", "HeunDiscreteScheduler", "LMSDiscreteScheduler",
                "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler",
                "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler",
                "UniPCMultistepScheduler", "DEISMultistepScheduler", "LCMScheduler", "TCDScheduler",
                "FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler",
                "EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"])
    config, call, arguments, channels, seed = {}, {N: steps}, {}, 3, rng.randint(0, 2**31)
    fields = set(inspect.signature(getattr(diffusers, cls).__init__).parameters)

    def give(name, value):
        if name in fields:
            config[name] = value

    if "beta_schedule" in fields:
        config.update(beta)
    if kind != "sample" or cls not in ("PNDMScheduler", "KDPM2DiscreteScheduler",
                                       "KDPM2AncestralDiscreteScheduler", "EDMEulerScheduler",
                                       "EDMDPMSolverMultistepScheduler"):
        give("prediction_type", kind)
    give("timestep_spacing", spacing)
    give("steps_offset", rng.randint(0, 1) if spacing == "leading" else 0)
    flag = pick(flags)
    if flag:
        give(flag, True)
    give("thresholding", pick([False, False, True]))
    give("sample_max_value", pick([1.0, 1.5]))
    give("dynamic_thresholding_ratio", pick([0.995, 0.9]))
    give("clip_sample", pick([False, True]))
    give("clip_sample_range", pick([1.0, 1.5]))
    give("solver_order", rng.randint(1, 3))
    give("lower_order_final", pick([True, True, False]))
    give("set_alpha_to_one", pick([True, False]))
    give("skip_prk_steps", pick([True, False]))
    give("final_sigmas_type", pick(["zero", "zero", "sigma_min"]))
    if kind == "v_prediction":
        give("rescale_betas_zero_snr", pick([False, True]))
    if cls == "DDPMScheduler":
        config["variance_type"] = pick(["fixed_small", "fixed_large", "learned_range"])
        channels = 6 if config["variance_type"] == "learned_range" else 3
    if cls.startswith("DPMSolver"):
        kinds = ["dpmsolver++", "dpmsolver++", "dpmsolver", "sde-dpmsolver++"]
        config["algorithm_type"] = pick(kinds)
        config["solver_type"] = pick(["midpoint", "heun"])
        if config["algorithm_type"] == "dpmsolver":
            config["final_sigmas_type"] = "sigma_min"
        give("euler_at_final", pick([False, True]))
        if rng.random() < 0.2:
            config["lambda_min_clipped"] = -5.1
    if cls == "UniPCMultistepScheduler":
        config["solver_type"] = pick(["bh1", "bh2"])
        config["predict_x0"] = pick([True, True, False])
        config.pop("disable_corrector", None)
    if cls.startswith("FlowMatchEuler") or cls.startswith("FlowMatchHeun"):
        config["shift"] = round(rng.uniform(0.5, 5), 2)
    if cls.startswith("FlowMatchEuler") and rng.random() < 0.4:
        config["use_dynamic_shifting"] = True
        call["mu"] = round(rng.uniform(0.3, 1.2), 2)
    if cls.startswith("EDM"):
        config.update(sigma_min=round(rng.uniform(0.001, 0.02), 4),
                      sigma_max=round(rng.uniform(10, 90), 1),
                      sigma_data=round(rng.uniform(0.4, 1.1), 2),
                      sigma_schedule=pick(["karras", "exponential"]))
    if cls in ("DDIMScheduler", "TCDScheduler"):
        arguments["eta"] = pick([0.0, 0.3, 1.0])
    if cls in ("LCMScheduler", "TCDScheduler"):
        call[N] = rng.randint(1, 8)
    if cls in ("EulerDiscreteScheduler", "EDMEulerScheduler") and rng.random() < 0.3:
        arguments["s_churn"] = round(rng.uniform(0.5, 4), 1)
    return cls, config, call, arguments, channels, seed


def main():
    out = sys.argv[1]
    cases = []
    if len(sys.argv) > 2:
        rng = random.Random(int(sys.argv[2]))
        while len(cases) < int(sys.argv[3]):
            drawn_case = drawn(rng)
            try:
                with np.errstate(all="ignore"):
                    cases.append(run("%03d-%s" % (len(cases), drawn_case[0]), *drawn_case))
            except Exception as problem:
                print("left out", drawn_case[0], str(problem)[:90], file=sys.stderr)
    else:
        cases = [run(*case) for case in CASES]
    with open(out, "w") as file:
        json.dump({
            "reference": "diffusers %s, torch %s" % (diffusers.__version__, torch.__version__),
            "shape": list(SHAPE),
            "start": "as in schedulers.json",
            "model": "as in schedulers.json",
            "noise": "as in schedulers.json",
            "cases": cases,
        }, file)
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
