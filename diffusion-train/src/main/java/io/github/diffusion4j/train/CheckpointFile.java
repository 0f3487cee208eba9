package io.github.diffusion4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A checkpoint's file by its name, which tells its place in the run: {@code epoch-0003.safetensors}
 * after epoch 3, {@code epoch-0004-step-00002900.safetensors} within epoch 4.
 *
 * @param epoch the epoch, from 1
 * @param step the number of steps of the run, within an epoch; the greatest number after one
 */
record CheckpointFile(int epoch, long step) implements Comparable<CheckpointFile> {

  private static final Pattern NAME =
      Pattern.compile("epoch-(\\d{4,9})(?:-step-(\\d{8,18}))?\\.safetensors");
  private static final Comparator<CheckpointFile> ORDER =
      Comparator.comparingInt(CheckpointFile::epoch).thenComparingLong(CheckpointFile::step);

  /** The place that a checkpoint was written at. */
  static CheckpointFile of(Checkpoint checkpoint) {
    Progress progress = checkpoint.progress();
    return progress.epoch().steps() == 0
        ? ofEpoch(progress.epochs())
        : new CheckpointFile(progress.epochs() + 1, progress.steps());
  }

  /** The place at the end of an epoch. */
  static CheckpointFile ofEpoch(int epoch) {
    return new CheckpointFile(epoch, Long.MAX_VALUE);
  }

  private static Optional<CheckpointFile> named(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long step = matcher.group(2) == null ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
    return Optional.of(new CheckpointFile(Integer.parseInt(matcher.group(1)), step));
  }

  /** The checkpoints of a folder, in the order of the run. */
  static List<CheckpointFile> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.flatMap(file -> named(file.getFileName().toString()).stream()).sorted().toList();
    }
  }

  /** Whether a file of this name may be a checkpoint. */
  static boolean isNamed(String name) {
    return named(name).isPresent();
  }

  /** Whether its epoch has ended. */
  boolean endsEpoch() {
    return step == Long.MAX_VALUE;
  }

  String name() {
    return endsEpoch()
        ? String.format(Locale.ROOT, "epoch-%04d.safetensors", epoch)
        : String.format(Locale.ROOT, "epoch-%04d-step-%08d.safetensors", epoch, step);
  }

  @Override
  public int compareTo(CheckpointFile other) {
    return ORDER.compare(this, other);
  }
}
