package io.github.diffusion4j.onnx;

import io.github.diffusion4j.Cancellation;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Predictor;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Checks what a model is asked against its graph, and cuts batches that it cannot take whole.
 *
 * @param file the model's file
 * @param session the model
 * @param appended the inputs that the graph takes as further channels of its images
 */
record OnnxPredictor(Path file, Session session, List<String> appended) implements Predictor {

  @Override
  public Tensor predict(Tensor x, double[] times, Map<String, Tensor> inputs) {
    return predict(x, times, inputs, Cancellation.none());
  }

  @Override
  public Tensor predict(
      Tensor images, double[] times, Map<String, Tensor> given, Cancellation cancellation) {
    Signature signature = session.signature();
    Map<String, Tensor> inputs = new TreeMap<>(given);
    Tensor x = joined(images, inputs);
    check(signature, x, times, inputs);
    int batch = x.shape().batch();
    List<Tensor> parts = new ArrayList<>(1);
    int from = 0;
    while (from < batch) {
      int to = end(signature, from, times);
      Tensor part = run(x, times, inputs, from, to, cancellation);
      checkOutput(images.shape().withBatch(to - from), part.shape());
      parts.add(part);
      from = to;
    }
    return Tensors.concat(parts);
  }

  /** The end of the longest part that runs at once: with one time, or of the graph's batch. */
  private int end(Signature signature, int from, double[] times) {
    int fixed = signature.fixedBatch();
    if (fixed != GraphTensor.ANY) {
      for (int i = from; i < from + fixed; i++) {
        double time = times[i];
        require(
            !signature.sharesTime() || time == times[from],
            () ->
                "takes images "
                    + fixed
                    + " at a time with one time for all, got times "
                    + times[from]
                    + " and "
                    + time);
      }
      return from + fixed;
    }
    int to = from + 1;
    while (to < times.length && (!signature.sharesTime() || times[to] == times[from])) {
      to++;
    }
    return to;
  }

  /** The images with the appended inputs as further channels; those are taken out of the map. */
  private Tensor joined(Tensor images, Map<String, Tensor> inputs) {
    List<Tensor> parts = new ArrayList<>(List.of(images));
    for (String name : appended) {
      Tensor part = inputs.remove(name);
      if (part == null) {
        throw new IllegalArgumentException(
            file
                + " must be told input "
                + name
                + ", whose channels are appended to the images', got "
                + (inputs.isEmpty() ? "no inputs" : "only " + inputs.keySet()));
      }
      parts.add(part);
    }
    return Tensors.concatChannels(parts);
  }

  private Tensor run(
      Tensor x,
      double[] times,
      Map<String, Tensor> inputs,
      int from,
      int to,
      Cancellation cancellation) {
    if (from == 0 && to == times.length) {
      return session.run(x, times, inputs, cancellation);
    }
    Map<String, Tensor> parts = new TreeMap<>();
    inputs.forEach((name, tensor) -> parts.put(name, tensor.images(from, to)));
    return session.run(
        x.images(from, to), Arrays.copyOfRange(times, from, to), parts, cancellation);
  }

  private void checkOutput(Shape image, Shape found) {
    int[] twice = image.toArray();
    twice[1] *= 2;
    if (!found.equals(image) && !found.equals(Shape.of(twice))) {
      throw new DiffusionException(
          file
              + ": expected output "
              + session.signature().output().name()
              + " to be "
              + image
              + " or "
              + Arrays.toString(twice)
              + ", found "
              + found);
    }
  }

  private void check(Signature signature, Tensor x, double[] times, Map<String, Tensor> inputs) {
    int batch = x.shape().batch();
    require(batch > 0, () -> "takes at least one image, got none");
    int fixed = signature.fixedBatch();
    require(
        fixed == GraphTensor.ANY || batch % fixed == 0,
        () -> "takes images " + fixed + " at a time, got " + batch);
    require(fits(signature.image(), x), () -> "takes " + signature.image() + ", got " + x.shape());
    for (String name : inputs.keySet()) {
      require(
          signature.conditioning().containsKey(name),
          () -> "has no input named " + name + " to be told, it takes " + signature.describe());
    }
    signature.conditioning().forEach((name, declared) -> check(declared, inputs, batch));
    signature.time().ifPresent(time -> check(signature, time, times));
  }

  private void check(GraphTensor declared, Map<String, Tensor> inputs, int batch) {
    Tensor given = inputs.get(declared.name());
    if (given == null) {
      throw new IllegalArgumentException(
          file
              + " must be told input "
              + declared
              + ", got "
              + (inputs.isEmpty() ? "no inputs" : "only " + inputs.keySet()));
    }
    int entries = declared.sizes().get(0);
    int run = session.signature().fixedBatch();
    require(
        fits(declared, given) && (entries == GraphTensor.ANY || entries == run || entries == batch),
        () -> "takes input " + declared + ", got " + given.shape());
    ElementType type = ElementType.named(declared.type());
    if (type.isInteger()) {
      for (float value : given.toArray()) {
        checkWhole(type, declared, value);
      }
    }
  }

  private void check(Signature signature, GraphTensor time, double[] times) {
    int entries = time.rank() == 0 ? GraphTensor.ANY : time.sizes().get(0);
    require(
        signature.sharesTime()
            || entries == GraphTensor.ANY
            || entries == signature.fixedBatch()
            || entries == times.length,
        () -> "takes time input " + time + ", got " + times.length + " images");
    ElementType type = ElementType.named(time.type());
    if (type.isInteger()) {
      for (double value : times) {
        checkWhole(type, time, value);
      }
    }
  }

  private void checkWhole(ElementType type, GraphTensor declared, double value) {
    require(
        value == Math.rint(value) && Math.abs(value) <= type.greatest(),
        () ->
            "takes whole numbers up to ±"
                + type.greatest()
                + " for "
                + declared
                + ", got "
                + value);
  }

  private static boolean fits(GraphTensor declared, Tensor given) {
    return declared.takesImagesOf(given.shape().toArray());
  }

  private void require(boolean ok, Supplier<String> message) {
    if (!ok) {
      throw new IllegalArgumentException(file + " " + message.get());
    }
  }
}
