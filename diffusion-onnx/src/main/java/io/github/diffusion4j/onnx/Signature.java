package io.github.diffusion4j.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.diffusion4j.DiffusionException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which input of a graph is the image and which the time, and what its output is.
 *
 * @param image the images
 * @param time the network time, for networks that are told it
 * @param conditioning the other inputs, by name
 * @param output the prediction
 */
record Signature(
    GraphTensor image,
    Optional<GraphTensor> time,
    Map<String, GraphTensor> conditioning,
    GraphTensor output) {

  private static final List<String> TIMES = List.of("timestep", "timesteps", "time", "t");

  /**
   * Reads the signature from a graph.
   *
   * @throws DiffusionException if the graph is not one of a denoiser
   */
  static Signature of(Path file, OrtSession session) throws OrtException {
    Map<String, GraphTensor> inputs = new LinkedHashMap<>();
    for (NodeInfo node : session.getInputInfo().values()) {
      inputs.put(node.getName(), declared(file, "input", node));
    }
    GraphTensor image = image(file, inputs.values());
    Optional<GraphTensor> time =
        TIMES.stream().filter(inputs::containsKey).map(inputs::get).findFirst();
    time.ifPresent(t -> checkTime(file, t));
    GraphTensor output = output(file, session);
    inputs.remove(image.name());
    time.ifPresent(t -> inputs.remove(t.name()));
    inputs.values().forEach(input -> checkConditioning(file, input));
    return new Signature(image, time, inputs, output);
  }

  private static GraphTensor image(Path file, Collection<GraphTensor> inputs) {
    List<GraphTensor> images = inputs.stream().filter(Signature::isImage).toList();
    return images.stream()
        .filter(input -> images.size() == 1 || input.name().equals("sample"))
        .findFirst()
        .orElseThrow(
            () ->
                new DiffusionException(
                    file
                        + ": expected one image input [batch, channels, height, width] of float32"
                        + " or float16, or one such input named sample, found "
                        + (inputs.isEmpty() ? "no inputs" : inputs)));
  }

  private static boolean isImage(GraphTensor tensor) {
    return tensor.rank() == 4 && ElementType.named(tensor.type()).isImage();
  }

  private static void checkTime(Path file, GraphTensor time) {
    if (time.sizes().stream().skip(1).anyMatch(size -> size != 1)) {
      throw new DiffusionException(
          file + ": expected a time input that is one number, or [batch], found " + time);
    }
  }

  private static void checkConditioning(Path file, GraphTensor input) {
    if (input.rank() == 0) {
      throw new DiffusionException(
          file + ": expected conditioning inputs with a first axis for the images, found " + input);
    }
  }

  private static GraphTensor output(Path file, OrtSession session) throws OrtException {
    Map<String, NodeInfo> outputs = session.getOutputInfo();
    List<NodeInfo> candidates =
        outputs.values().stream()
            .filter(node -> outputs.size() == 1 || node.getName().equals("out_sample"))
            .toList();
    if (candidates.isEmpty()) {
      throw new DiffusionException(
          file + ": expected one output, or one named out_sample, found " + outputs.keySet());
    }
    GraphTensor output = declared(file, "output", candidates.get(0));
    if (!isImage(output)) {
      throw new DiffusionException(
          file
              + ": expected an output [batch, channels, height, width] of float32 or float16,"
              + " found "
              + output);
    }
    return output;
  }

  /** What the graph says of an input or output, checked to be a tensor that can be told. */
  static GraphTensor declared(Path file, String role, NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw new DiffusionException(
          file
              + ": expected tensors only, found "
              + role
              + " "
              + node.getName()
              + " of type "
              + node.getInfo());
    }
    ElementType type =
        ElementType.of(info)
            .orElseThrow(
                () ->
                    new DiffusionException(
                        file
                            + ": expected "
                            + role
                            + " "
                            + node.getName()
                            + " to be of one of "
                            + List.of(ElementType.values())
                            + ", found "
                            + info.onnxType));
    List<Integer> sizes = new ArrayList<>();
    for (long size : info.getShape()) {
      if (size == 0 || size > Integer.MAX_VALUE) {
        throw new DiffusionException(
            file
                + ": expected axes of 1 to 2147483647, or open ones, found "
                + role
                + " "
                + node.getName()
                + " "
                + Arrays.toString(info.getShape()));
      }
      sizes.add(size < 0 ? GraphTensor.ANY : (int) size);
    }
    return new GraphTensor(node.getName(), type.toString(), sizes);
  }

  /** Whether one time serves all images of a run. */
  boolean sharesTime() {
    return time.isPresent()
        && (time.get().rank() == 0 || (time.get().sizes().get(0) == 1 && fixedBatch() != 1));
  }

  /** The number of images that every run must have, or {@link GraphTensor#ANY}. */
  int fixedBatch() {
    return image.sizes().get(0);
  }

  /** All inputs in words. */
  String describe() {
    List<GraphTensor> all = new ArrayList<>(List.of(image));
    time.ifPresent(all::add);
    all.addAll(conditioning.values());
    return all.toString();
  }
}
