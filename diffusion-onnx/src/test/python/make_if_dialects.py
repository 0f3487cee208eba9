"""Writes stage I of tiny-if with other inputs and outputs, as other exporters make them:

python diffusion-onnx/src/test/python/make_if_dialects.py tiny-if/stage1/unet/model.onnx FOLDER
"""

import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper, numpy_helper
import numpy as np


def numbers(name: str, *values: int) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def cast(source: str, target: str, to: int) -> onnx.NodeProto:
    return helper.make_node("Cast", [source], [target], to=to)


class Variant:
    """The graph with some of its inputs and its output replaced."""

    def __init__(self) -> None:
        self.model = onnx.load(sys.argv[1])
        self.graph = self.model.graph
        self.before: list[onnx.NodeProto] = []

    def take(self, name: str, kind: int, shape: list, *nodes: onnx.NodeProto) -> "Variant":
        """Renames an input inside of the graph to its name with '.inner', which nodes make."""
        for node in self.graph.node:
            node.input[:] = [f"{name}.inner" if i == name else i for i in node.input]
        value = next(value for value in self.graph.input if value.name == name)
        value.CopyFrom(helper.make_tensor_value_info(name, kind, shape))
        self.before += nodes
        return self

    def give(self, kind: int, channels: int, make: onnx.NodeProto) -> "Variant":
        """Renames the output inside of the graph to 'inner', of which make makes it."""
        for node in self.graph.node:
            node.output[:] = ["inner" if o == "out_sample" else o for o in node.output]
        shape = ["batch", channels, "height", "width"]
        value = helper.make_tensor_value_info("out_sample", kind, shape)
        self.graph.output[0].CopyFrom(value)
        self.graph.node.append(make)
        return self

    def write(self, name: str) -> None:
        nodes = self.before + list(self.graph.node)
        del self.graph.node[:]
        self.graph.node.extend(nodes)
        onnx.checker.check_model(self.model)
        onnx.save(self.model, Path(sys.argv[2]) / f"{name}.onnx")


INT64, INT32, FLOAT, HALF = (
    TensorProto.INT64, TensorProto.INT32, TensorProto.FLOAT, TensorProto.FLOAT16,
)  # fmt: skip

one = Variant()
one.graph.initializer.append(numbers("axis", 0))
squeeze = helper.make_node("Squeeze", ["timestep", "axis"], ["timestep.inner"])
one.take("timestep", INT64, [1], squeeze).write("time-int64-one")

Variant().take("timestep", INT32, [], cast("timestep", "timestep.inner", INT64)).write(
    "time-int32-scalar"
)

batch = Variant()
batch.graph.initializer.append(numpy_helper.from_array(np.array(0, np.int64), "first"))
gather = helper.make_node("Gather", ["timestep", "first"], ["time"])
batch.take("timestep", FLOAT, ["batch"], gather, cast("time", "timestep.inner", INT64)).write(
    "time-float-batch"
)

half = Variant()
half.take("sample", HALF, ["batch", 3, "height", "width"], cast("sample", "sample.inner", FLOAT))
text = "encoder_hidden_states"
half.take(text, HALF, ["batch", "tokens", 16], cast(text, f"{text}.inner", FLOAT))
half.give(HALF, 6, cast("inner", "out_sample", HALF)).write("half")

three = Variant()
three.graph.initializer.extend([numbers("from", 0), numbers("to", 3), numbers("channels", 1)])
part = helper.make_node("Slice", ["inner", "from", "to", "channels"], ["out_sample"])
three.give(FLOAT, 3, part).write("three-channels")
