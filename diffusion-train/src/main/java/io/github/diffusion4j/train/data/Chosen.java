package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Some or all images of a data set, in an order. */
final class Chosen implements DatasetView {

  private final Dataset all;
  private final int[] places;
  private final String difference;

  private Chosen(Dataset all, int[] places, String difference) {
    this.all = all;
    this.places = places;
    this.difference = difference;
  }

  static Chosen shuffled(Dataset all, long seed) {
    List<Integer> places = new ArrayList<>(IntStream.range(0, all.size()).boxed().toList());
    Collections.shuffle(places, new Random(seed));
    int[] order = places.stream().mapToInt(Integer::intValue).toArray();
    return new Chosen(all, order, "shuffled by " + seed);
  }

  static Chosen of(Dataset all, IntPredicate chosen) {
    int[] places = IntStream.range(0, all.size()).filter(chosen).toArray();
    Checks.require(
        places.length > 0, () -> "of " + all.name() + " at least one image must be chosen, got 0");
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, places.length));
    bytes.asIntBuffer().put(places);
    String digest = Sha256.of(bytes.array()).substring(0, 16);
    return new Chosen(all, places, places.length + " chosen, " + digest);
  }

  @Override
  public Dataset all() {
    return all;
  }

  @Override
  public int size() {
    return places.length;
  }

  @Override
  public int place(int index) {
    return places[index];
  }

  @Override
  public String difference() {
    return difference;
  }

  @Override
  public String toString() {
    return name();
  }
}
