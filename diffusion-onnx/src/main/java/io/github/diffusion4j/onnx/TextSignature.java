package io.github.diffusion4j.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.DiffusionException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The inputs and the output of a text encoder's graph.
 *
 * @param ids the tokens
 * @param mask which tokens are padding, for graphs that are told so
 * @param output a vector for each token
 */
record TextSignature(GraphTensor ids, Optional<GraphTensor> mask, GraphTensor output) {

  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String OUTPUT = "last_hidden_state";

  /**
   * Reads the signature from a graph.
   *
   * @throws DiffusionException if the graph is not one of a text encoder for so many tokens
   */
  static TextSignature of(Path file, OrtSession session, int tokens) throws OrtException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    Map<String, NodeInfo> outputs = session.getOutputInfo();
    for (String name : inputs.keySet()) {
      if (!name.equals(IDS) && !name.equals(MASK)) {
        throw new DiffusionException(
            file
                + ": expected inputs "
                + IDS
                + " and perhaps "
                + MASK
                + ", found "
                + name
                + " too");
      }
    }
    GraphTensor ids = input(file, named(file, "an input", IDS, inputs), tokens);
    Optional<GraphTensor> mask =
        Optional.ofNullable(inputs.get(MASK)).map(node -> input(file, node, tokens));
    GraphTensor output =
        Signature.declared(file, "output", named(file, "an output", OUTPUT, outputs));
    if (output.rank() != 3
        || !ElementType.named(output.type()).isImage()
        || !isOneOf(output, 0, 1)
        || !isOneOf(output, 1, tokens)) {
      throw new DiffusionException(
          file
              + ": expected output "
              + OUTPUT
              + " [batch, "
              + tokens
              + ", dim] of float32 or float16, found "
              + output);
    }
    return new TextSignature(ids, mask, output);
  }

  private static NodeInfo named(Path file, String role, String name, Map<String, NodeInfo> nodes) {
    NodeInfo node = nodes.get(name);
    if (node == null) {
      throw new DiffusionException(
          file + ": expected " + role + " named " + name + ", found only " + nodes.keySet());
    }
    return node;
  }

  private static GraphTensor input(Path file, NodeInfo node, int tokens) {
    GraphTensor input = Signature.declared(file, "input", node);
    if (input.rank() != 2
        || !ElementType.named(input.type()).isInteger()
        || !isOneOf(input, 0, 1)
        || !isOneOf(input, 1, tokens)) {
      throw new DiffusionException(
          file
              + ": expected input "
              + input.name()
              + " [batch, "
              + tokens
              + "] of int32 or int64, found "
              + input);
    }
    return input;
  }

  private static boolean isOneOf(GraphTensor tensor, int axis, int length) {
    int size = tensor.sizes().get(axis);
    return size == GraphTensor.ANY || size == length;
  }
}
