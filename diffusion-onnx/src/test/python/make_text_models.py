"""Writes the small text encoders of the tests:

python make_text_models.py ../resources/models/text
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as n

FOLDER = Path(sys.argv[1])


def const(name, values, dtype=np.float32):
    return n.from_array(np.array(values, dtype=dtype), name)


def write(name, nodes, inputs, outputs, initializers):
    graph = h.make_graph(list(nodes), name, inputs, outputs, initializers)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{name}.onnx")


def tensor(name, kind, *axes):
    return h.make_tensor_value_info(name, kind, axes)


def text(
    name,
    ids=T.INT64,
    mask=None,
    out=T.FLOAT,
    batch="batch",
    rank=3,
    hidden="last_hidden_state",
):
    """h[token, j] = id + 1000 · mask + j, in one of the dialects."""
    inputs = [tensor("input_ids", ids, batch, 77)]
    nodes = [h.make_node("Cast", ["input_ids"], ["i"], to=T.FLOAT)]
    if mask is None:
        nodes.append(h.make_node("Identity", ["i"], ["s"]))
    else:
        inputs.append(tensor("attention_mask", mask, batch, 77))
        nodes += [
            h.make_node("Cast", ["attention_mask"], ["m"], to=T.FLOAT),
            h.make_node("Mul", ["m", "thousand"], ["t"]),
            h.make_node("Add", ["i", "t"], ["s"]),
        ]
    axes = [batch, 77, 4][:rank]
    nodes += [
        h.make_node("Unsqueeze", ["s", "last"], ["column"]),
        h.make_node("Add", ["column", "dims"], ["h"]),
        h.make_node("Cast", ["h"], ["c"], to=out),
        *(
            [h.make_node("Identity", ["c"], [hidden])]
            if rank == 3
            else [h.make_node("ReduceMax", ["c"], [hidden], axes=[2], keepdims=0)]
        ),
        h.make_node("ReduceMax", ["h"], ["pooler_output"], axes=[1], keepdims=0),
    ]
    write(
        name,
        nodes,
        inputs,
        [tensor("pooler_output", T.FLOAT, batch, 4), tensor(hidden, out, *axes)],
        [
            const("thousand", [1000.0]),
            const("last", [2], np.int64),
            const("dims", np.arange(4)),
        ],
    )


text("int32", T.INT32)
text("int64", T.INT64)
text("int32-mask", T.INT32, T.INT32)
text("int64-mask", T.INT64, T.INT64)
text("mixed-mask", T.INT32, T.INT64)
text("half", T.INT64, T.INT64, T.FLOAT16)
text("one-prompt", batch=1)
text("two-prompts", batch=2)
text("float-ids", T.FLOAT)
text("double-output", out=T.DOUBLE)
text("no-tokens-axis", rank=2)
text("other-output", hidden="hidden")

# log of token − 1, which is −∞ for 1 and NaN for 0
write(
    "not-finite",
    [
        h.make_node("Cast", ["input_ids"], ["i"], to=T.FLOAT),
        h.make_node("Sub", ["i", "one"], ["j"]),
        h.make_node("Log", ["j"], ["k"]),
        h.make_node("Unsqueeze", ["k", "last"], ["last_hidden_state"]),
    ],
    [tensor("input_ids", T.INT64, "batch", 77)],
    [tensor("last_hidden_state", T.FLOAT, "batch", 77, 1)],
    [const("one", [1.0]), const("last", [2], np.int64)],
)

# one vector for each of two tokens only, though the graph does not say so
write(
    "cut",
    [
        h.make_node("Cast", ["input_ids"], ["i"], to=T.FLOAT),
        h.make_node("Unsqueeze", ["i", "last"], ["column"]),
        h.make_node("Slice", ["column", "from", "to", "axis"], ["last_hidden_state"]),
    ],
    [tensor("input_ids", T.INT64, "batch", "tokens")],
    [tensor("last_hidden_state", T.FLOAT, "batch", "kept", 1)],
    [
        const("last", [2], np.int64),
        const("from", [0], np.int64),
        const("to", [2], np.int64),
        const("axis", [1], np.int64),
    ],
)

# a vocabulary of ten tokens, so that most fail in a run
write(
    "few-tokens",
    [h.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
    [tensor("input_ids", T.INT64, "batch", 77)],
    [tensor("last_hidden_state", T.FLOAT, "batch", 77, 2)],
    [const("table", np.zeros((10, 2)))],
)

# an input that nobody tells
write(
    "more-inputs",
    [
        h.make_node("Cast", ["input_ids"], ["i"], to=T.FLOAT),
        h.make_node("Add", ["i", "position_ids"], ["j"]),
        h.make_node("Unsqueeze", ["j", "last"], ["last_hidden_state"]),
    ],
    [
        tensor("input_ids", T.INT64, "batch", 77),
        tensor("position_ids", T.FLOAT, "batch", 77),
    ],
    [tensor("last_hidden_state", T.FLOAT, "batch", 77, 1)],
    [const("last", [2], np.int64)],
)

# half a second of work, for a run that is closed in the middle
write(
    "slow",
    [
        h.make_node("Cast", ["input_ids"], ["i"], to=T.FLOAT),
        h.make_node("Unsqueeze", ["i", "last"], ["column"]),
        h.make_node("Mul", ["column", "row"], ["h0"]),
        h.make_node(
            "ConstantOfShape", ["wide"], ["w"], value=n.from_array(np.array([1e-3], np.float32))
        ),
        *[h.make_node("MatMul", [f"h{k}", "w"], [f"h{k + 1}"]) for k in range(400)],
        h.make_node("Identity", ["h400"], ["last_hidden_state"]),
    ],
    [tensor("input_ids", T.INT64, "batch", 77)],
    [tensor("last_hidden_state", T.FLOAT, "batch", 77, 768)],
    [
        const("last", [2], np.int64),
        const("row", np.full((1, 1, 768), 1e-5)),
        const("wide", [768, 768], np.int64),
    ],
)
