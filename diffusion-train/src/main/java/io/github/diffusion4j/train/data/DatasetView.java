package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A data set that is another one, but for what an implementation says. */
interface DatasetView extends Dataset {

  /** The other one. */
  Dataset all();

  @Override
  default int size() {
    return all().size();
  }

  @Override
  default int channels() {
    return all().channels();
  }

  @Override
  default int height() {
    return all().height();
  }

  @Override
  default int width() {
    return all().width();
  }

  @Override
  default int classes() {
    return all().classes();
  }

  @Override
  default List<String> classNames() {
    return all().classNames();
  }

  @Override
  default void image(int index, float[] into, int offset) {
    all().image(checkedPlace(index), into, offset);
  }

  @Override
  default void draw(int index, RandomGenerator random, float[] into, int offset) {
    all().draw(checkedPlace(index), random, into, offset);
  }

  @Override
  default int label(int index) {
    return all().label(checkedPlace(index));
  }

  @Override
  default Optional<String> caption(int index) {
    return all().caption(checkedPlace(index));
  }

  @Override
  default Map<String, List<Integer>> conditions() {
    return all().conditions();
  }

  @Override
  default void condition(String name, int index, float[] into, int offset) {
    all().condition(name, checkedPlace(index), into, offset);
  }

  @Override
  default Optional<Dataset> heldBack() {
    return all().heldBack();
  }

  /** What is other, to be added to name and digest. */
  String difference();

  @Override
  default String hash() {
    return all().hash() + ", " + difference();
  }

  @Override
  default String name() {
    return all().name() + ", " + difference();
  }

  /** Where an image is in the other one. */
  default int place(int index) {
    return index;
  }

  private int checkedPlace(int index) {
    return place(Checks.inRange(0, size() - 1, index, "image index"));
  }
}
