package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Joins questions to batches and splits the predictions. */
record PredictorDenoiser(Predictor network, PredictionType type) implements Denoiser {

  @Override
  public List<Estimate> estimate(List<Query> queries) {
    return estimate(queries, Cancellation.none());
  }

  @Override
  public List<Estimate> estimate(List<Query> queries, Cancellation cancellation) {
    Checks.require(!queries.isEmpty(), () -> "at least one query is needed, got none");
    Map<Key, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < queries.size(); i++) {
      groups.computeIfAbsent(Key.of(queries.get(i)), key -> new ArrayList<>()).add(i);
    }
    Estimate[] answers = new Estimate[queries.size()];
    for (List<Integer> group : groups.values()) {
      List<Query> members = group.stream().map(queries::get).toList();
      Tensor prediction = predict(members, cancellation);
      int from = 0;
      for (int i : group) {
        Query query = queries.get(i);
        int to = from + query.x().shape().batch();
        answers[i] = split(query, prediction.images(from, to));
        from = to;
      }
    }
    return Arrays.asList(answers);
  }

  private Tensor predict(List<Query> queries, Cancellation cancellation) {
    List<Tensor> images = new ArrayList<>();
    double[] times = new double[queries.stream().mapToInt(q -> q.x().shape().batch()).sum()];
    int from = 0;
    for (Query query : queries) {
      images.add(query.x().times(query.level().inputScale()));
      int to = from + query.x().shape().batch();
      Arrays.fill(times, from, to, query.level().time());
      from = to;
    }
    Map<String, List<Tensor>> parts = new TreeMap<>();
    for (Query query : queries) {
      int batch = query.x().shape().batch();
      Key.inputs(query)
          .forEach(
              (name, tensor) ->
                  parts
                      .computeIfAbsent(name, n -> new ArrayList<>())
                      .add(Tensors.repeat(tensor, batch)));
    }
    Map<String, Tensor> inputs = new TreeMap<>();
    parts.forEach((name, tensors) -> inputs.put(name, Tensors.concat(tensors)));
    Tensor x = Tensors.concat(images);
    Tensor prediction = network.predict(x, times, inputs, cancellation);
    Shape expected = x.shape();
    Shape found = prediction.shape();
    if (!found.equals(expected) && !found.equals(twiceTheChannels(expected))) {
      throw new DiffusionException(
          "a network's prediction for images "
              + expected
              + " has their shape or twice the channels, got "
              + found);
    }
    return prediction;
  }

  private static Shape twiceTheChannels(Shape shape) {
    return Shape.images(shape.batch(), 2 * shape.size(1), shape.size(2), shape.size(3));
  }

  private Estimate split(Query query, Tensor prediction) {
    Tensor x = query.x();
    if (prediction.shape().equals(x.shape())) {
      return type.split(x, prediction, query.level());
    }
    int channels = x.shape().size(1);
    return type.split(x, prediction.channels(0, channels), query.level())
        .withVariance(prediction.channels(channels, 2 * channels));
  }

  /** What queries must share to run as one batch: the shapes of everything, batches aside. */
  private record Key(Shape image, Map<String, Shape> inputs) {

    static Key of(Query query) {
      Map<String, Shape> shapes = new TreeMap<>();
      inputs(query).forEach((name, tensor) -> shapes.put(name, tensor.shape().withBatch(1)));
      return new Key(query.x().shape().withBatch(1), shapes);
    }

    static Map<String, Tensor> inputs(Query query) {
      Map<String, Tensor> all = new TreeMap<>(query.conditioning().globals());
      all.putAll(query.conditioning().spatials());
      return all;
    }
  }
}
