package io.github.diffusion4j.onnx;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Predictor;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Checks what a model is asked against its graph, and cuts batches that it cannot take whole. */
record OnnxPredictor(Path file, Session session) implements Predictor {

  @Override
  public Tensor predict(Tensor x, double[] times, Map<String, Tensor> inputs) {
    Signature signature = session.signature();
    check(signature, x, times, inputs);
    int batch = x.shape().batch();
    List<Tensor> parts = new ArrayList<>(1);
    int from = 0;
    while (from < batch) {
      int to = end(signature, from, times);
      parts.add(run(x, times, inputs, from, to));
      from = to;
    }
    return Tensor.concat(parts);
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

  private Tensor run(Tensor x, double[] times, Map<String, Tensor> inputs, int from, int to) {
    Tensor prediction;
    if (from == 0 && to == times.length) {
      prediction = session.run(x, times, inputs);
    } else {
      Map<String, Tensor> parts = new TreeMap<>();
      inputs.forEach((name, tensor) -> parts.put(name, tensor.images(from, to)));
      prediction = session.run(x.images(from, to), Arrays.copyOfRange(times, from, to), parts);
    }
    Shape image = x.shape().withBatch(to - from);
    int[] twice = image.toArray();
    twice[1] *= 2;
    if (!prediction.shape().equals(image) && !prediction.shape().equals(Shape.of(twice))) {
      throw new DiffusionException(
          file
              + ": expected output "
              + session.signature().output().name()
              + " to be "
              + image
              + " or "
              + Arrays.toString(twice)
              + ", found "
              + prediction.shape());
    }
    return prediction;
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
