package io.github.diffusion4j.train.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A data set in another order. */
record Shuffled(Dataset all, long seed, List<Integer> order) implements DatasetView {

  Shuffled(Dataset all, long seed) {
    this(all, seed, order(seed, all.size()));
  }

  private static List<Integer> order(long seed, int count) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    return order;
  }

  @Override
  public int place(int index) {
    return order.get(index);
  }

  @Override
  public String difference() {
    return "shuffled by " + seed;
  }
}
