"""Writes the small models of the tests, and the one that the library itself needs:

python make_models.py ../resources/models ../../main/resources/io/github/diffusion4j/onnx
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as n

FOLDER = Path(sys.argv[1])
FLOW = {"diffusion4j.prediction": "FLOW_TO_DATA", "diffusion4j.schedule": "rectifiedFlow"}


def const(name, values, dtype=np.float32):
    return n.from_array(np.array(values, dtype=dtype), name)


def write(name, nodes, inputs, outputs, initializers=(), metadata=FLOW, **save):
    graph = h.make_graph(list(nodes), name, list(inputs), list(outputs), list(initializers))
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    h.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{name}.onnx", **save)


def tensor(name, kind, *axes):
    return h.make_tensor_value_info(name, kind, axes)


IMAGE = tensor("sample", T.FLOAT, "batch", "channels", "height", "width")
OUT = tensor("out_sample", T.FLOAT, "batch", "channels", "height", "width")


def add_time(name, time, image=IMAGE, out=OUT, **more):
    """out = sample + time, the time of each image."""
    write(
        name,
        [
            h.make_node("Cast", ["timestep"], ["t"], to=T.FLOAT),
            h.make_node("Reshape", ["t", "column"], ["t4"]),
            h.make_node("Add", ["sample", "t4"], ["out_sample"]),
        ],
        [image, time],
        [out],
        [const("column", [-1, 1, 1, 1], np.int64)],
        **more,
    )


add_time("time-float-batch", tensor("timestep", T.FLOAT, "batch"))
add_time("time-float-column", tensor("timestep", T.FLOAT, "batch", 1))
add_time("time-double-batch", tensor("timestep", T.DOUBLE, "batch"))
add_time("time-int64-scalar", tensor("timestep", T.INT64))
add_time("time-int64-one", tensor("timestep", T.INT64, 1))
add_time("time-int32-batch", tensor("timestep", T.INT32, "batch"))
add_time("no-metadata", tensor("timestep", T.FLOAT, "batch"), metadata={})
add_time(
    "unknown-prediction",
    tensor("timestep", T.FLOAT, "batch"),
    metadata={"diffusion4j.prediction": "SCORE", "diffusion4j.schedule": "rectifiedFlow"},
)
add_time(
    "unknown-schedule",
    tensor("timestep", T.FLOAT, "batch"),
    metadata={"diffusion4j.prediction": "EPSILON", "diffusion4j.schedule": "quadratic(3)"},
)
add_time(
    "linear-schedule",
    tensor("timestep", T.INT64),
    metadata={
        "diffusion4j.prediction": "EPSILON",
        "diffusion4j.schedule": "linear(1000, 1.0E-4, 0.02)",
    },
)
add_time(
    "static",
    tensor("timestep", T.FLOAT, 2),
    tensor("sample", T.FLOAT, 2, 1, 4, 4),
    tensor("out_sample", T.FLOAT, 2, 1, 4, 4),
)
add_time(
    "static-shared-time",
    tensor("timestep", T.INT64),
    tensor("sample", T.FLOAT, 2, 1, 4, 4),
    tensor("out_sample", T.FLOAT, 2, 1, 4, 4),
)
add_time(
    "static-image",
    tensor("timestep", T.FLOAT, "batch"),
    tensor("sample", T.FLOAT, "batch", 1, 4, 4),
    tensor("out_sample", T.FLOAT, "batch", 1, 4, 4),
)
for name, sizes in (("empty-axis", (0, 1, 4, 4)), ("huge-axis", ("batch", 1, 2**31, 4))):
    add_time(
        name,
        tensor("timestep", T.FLOAT, "batch"),
        tensor("sample", T.FLOAT, *sizes),
        tensor("out_sample", T.FLOAT, *sizes),
    )
add_time("bad-time", tensor("timestep", T.FLOAT, "batch", 2))

# out = sample + time + class · (0, 1, … 9), with a second output that nobody asks for
write(
    "class",
    [
        h.make_node("Reshape", ["timestep", "column"], ["t4"]),
        h.make_node("MatMul", ["class", "weights"], ["c"]),
        h.make_node("Reshape", ["c", "column"], ["c4"]),
        h.make_node("Add", ["sample", "t4"], ["s"]),
        h.make_node("Add", ["s", "c4"], ["out_sample"]),
        h.make_node("Neg", ["c"], ["features"]),
    ],
    [IMAGE, tensor("timestep", T.FLOAT, "batch"), tensor("class", T.FLOAT, "batch", 10)],
    [tensor("features", T.FLOAT, "batch", 1), OUT],
    [const("weights", np.arange(10).reshape(10, 1)), const("column", [-1, 1, 1, 1], np.int64)],
)

# out = sample + label, labels being integers
for kind, suffix in ((T.INT64, "int64"), (T.INT32, "int32")):
    write(
        f"labels-{suffix}",
        [
            h.make_node("Cast", ["class_labels"], ["c"], to=T.FLOAT),
            h.make_node("Reshape", ["c", "column"], ["c4"]),
            h.make_node("Add", ["sample", "c4"], ["out_sample"]),
        ],
        [IMAGE, tensor("class_labels", kind, "batch")],
        [OUT],
        [const("column", [-1, 1, 1, 1], np.int64)],
    )

# the constant field v = 0.5 for every pixel, without a time input
write(
    "constant-flow",
    [
        h.make_node("Mul", ["sample", "zero"], ["none"]),
        h.make_node("Add", ["none", "v"], ["out_sample"]),
    ],
    [IMAGE],
    [OUT],
    [const("zero", [0.0]), const("v", [0.5])],
)

# twice the channels: the prediction and a variance of 0.25
write(
    "six-channels",
    [
        h.make_node("Mul", ["sample", "zero"], ["none"]),
        h.make_node("Add", ["none", "quarter"], ["variance"]),
        h.make_node("Concat", ["sample", "variance"], ["out_sample"], axis=1),
    ],
    [tensor("sample", T.FLOAT, "batch", 3, "height", "width")],
    [tensor("out_sample", T.FLOAT, "batch", 6, "height", "width")],
    [const("zero", [0.0]), const("quarter", [0.25])],
)

# out = sample + time in half precision
write(
    "half",
    [
        h.make_node("Reshape", ["timestep", "column"], ["t4"]),
        h.make_node("Add", ["sample", "t4"], ["out_sample"]),
    ],
    [
        tensor("sample", T.FLOAT16, "batch", "channels", "height", "width"),
        tensor("timestep", T.FLOAT16, "batch"),
    ],
    [tensor("out_sample", T.FLOAT16, "batch", "channels", "height", "width")],
    [const("column", [-1, 1, 1, 1], np.int64)],
)

# other names: x and t, one output y
write(
    "other-names",
    [
        h.make_node("Reshape", ["t", "column"], ["t4"]),
        h.make_node("Add", ["x", "t4"], ["y"]),
    ],
    [tensor("x", T.FLOAT, "batch", 1, 4, 4), tensor("t", T.FLOAT, "batch")],
    [tensor("y", T.FLOAT, "batch", 1, 4, 4)],
    [const("column", [-1, 1, 1, 1], np.int64)],
)

# not denoisers
write(
    "no-image",
    [h.make_node("Neg", ["input_ids"], ["hidden"])],
    [tensor("input_ids", T.INT64, "batch", 77)],
    [tensor("hidden", T.INT64, "batch", 77)],
)
write(
    "scalar-input",
    [h.make_node("Mul", ["sample", "strength"], ["out_sample"])],
    [IMAGE, tensor("strength", T.FLOAT)],
    [OUT],
)
write(
    "two-images",
    [h.make_node("Add", ["left", "right"], ["sum"])],
    [
        tensor("left", T.FLOAT, "batch", 1, 4, 4),
        tensor("right", T.FLOAT, "batch", 1, 4, 4),
    ],
    [tensor("sum", T.FLOAT, "batch", 1, 4, 4)],
)
write(
    "two-outputs",
    [h.make_node("Neg", ["sample"], ["a"]), h.make_node("Abs", ["sample"], ["b"])],
    [IMAGE],
    [tensor("a", T.FLOAT, "batch", 1, 4, 4), tensor("b", T.FLOAT, "batch", 1, 4, 4)],
)
write(
    "bool-input",
    [
        h.make_node("Cast", ["mask"], ["m"], to=T.FLOAT),
        h.make_node("Mul", ["sample", "m"], ["out_sample"]),
    ],
    [IMAGE, tensor("mask", T.BOOL, "batch", 1, 1, 1)],
    [OUT],
)

# pooled to half the size: no prediction for the image
write(
    "pooled",
    [
        h.make_node(
            "AveragePool", ["sample"], ["out_sample"], kernel_shape=[2, 2], strides=[2, 2]
        )
    ],
    [IMAGE],
    [OUT],
)

# fails in a run: images of 4 rows and columns only, though the graph does not say so
write(
    "fails",
    [
        h.make_node("Add", ["sample", "fixed"], ["sum"]),
        h.make_node("Add", ["sum", "fixed"], ["out_sample"]),
    ],
    [IMAGE],
    [OUT],
    [const("fixed", np.zeros((1, 1, 4, 4)))],
)

# a few milliseconds of work for a run that is closed in the middle
rng = np.random.default_rng(0)
write(
    "slow",
    [
        h.make_node("Conv", ["sample", "in"], ["h0"], pads=[1, 1, 1, 1]),
        *[
            h.make_node("Conv", [f"h{i}", "mid"], [f"h{i + 1}"], pads=[1, 1, 1, 1])
            for i in range(8)
        ],
        h.make_node("Conv", ["h8", "out"], ["out_sample"], pads=[1, 1, 1, 1]),
    ],
    [tensor("sample", T.FLOAT, "batch", 1, "height", "width")],
    [tensor("out_sample", T.FLOAT, "batch", 1, "height", "width")],
    [
        const("in", rng.normal(size=(16, 1, 3, 3)) / 3),
        const("mid", rng.normal(size=(16, 16, 3, 3)) / 12),
        const("out", rng.normal(size=(1, 16, 3, 3)) / 12),
    ],
)

# weights in a file of their own
write(
    "external",
    [
        h.make_node("Mul", ["sample", "zero"], ["none"]),
        h.make_node("Add", ["none", "v"], ["out_sample"]),
    ],
    [tensor("sample", T.FLOAT, "batch", 1, 16, 16)],
    [tensor("out_sample", T.FLOAT, "batch", 1, 16, 16)],
    [const("zero", [0.0]), const("v", np.full((1, 1, 16, 16), 0.5))],
    save_as_external_data=True,
    location="external.onnx_data",
    size_threshold=512,
)

# one convolution, with which the library tries a provider
FOLDER = Path(sys.argv[2])
write(
    "convolution",
    [h.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])],
    [tensor("x", T.FLOAT, 1, 1, 4, 4)],
    [tensor("y", T.FLOAT, 1, 1, 4, 4)],
    [const("w", np.ones((1, 1, 3, 3)))],
    metadata={},
)
