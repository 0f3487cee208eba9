package io.github.diffusion4j.train.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A data set in another order. */
final class Shuffled implements DatasetView {

  private final Dataset all;
  private final long seed;
  private final int[] order;

  Shuffled(Dataset all, long seed) {
    this.all = all;
    this.seed = seed;
    List<Integer> places = new ArrayList<>(IntStream.range(0, all.size()).boxed().toList());
    Collections.shuffle(places, new Random(seed));
    this.order = places.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public Dataset all() {
    return all;
  }

  @Override
  public int size() {
    return order.length;
  }

  @Override
  public int place(int index) {
    return order[index];
  }

  @Override
  public String difference() {
    return "shuffled by " + seed;
  }

  @Override
  public String toString() {
    return name();
  }
}
