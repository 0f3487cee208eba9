package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.files.WholeFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a run's folder tells people and other programs, and the run itself never reads: files that
 * are whole at any moment.
 *
 * @param folder the folder
 */
record Reports(Path folder) {

  private static final String SETTINGS = "settings.json";
  private static final String EPOCHS = "epochs.csv";
  private static final String PLOT = "loss.svg";
  private static final Pattern PICTURES = Pattern.compile("epoch-\\d{4,9}\\.(?:png|gif)");

  /** Whether a file of this name may be a report. */
  static boolean isNamed(String name) {
    return List.of(SETTINGS, EPOCHS, PLOT).contains(name) || PICTURES.matcher(name).matches();
  }

  /**
   * Checks that a run's reports are written over and nothing else.
   *
   * @throws DiffusionException if a file holds something that begins otherwise
   */
  void check() throws IOException {
    check(
        SETTINGS, text -> Settings.ofText(text).path("format").asText().startsWith(Checkpoint.RUN));
    check(EPOCHS, text -> text.startsWith("epoch,loss"));
    check(PLOT, text -> text.startsWith(LossPlot.BEGINNING));
  }

  /**
   * Checks that a new run finds no pictures of another, or of somebody else.
   *
   * @throws DiffusionException if there is one
   */
  void checkHasNoPictures() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(PICTURES.asMatchPredicate())
          .sorted()
          .findFirst()
          .ifPresent(
              name -> {
                throw new DiffusionException(
                    "folder "
                        + folder
                        + " must have no pictures of epochs where a run begins: remove them, or name"
                        + " another folder; found "
                        + name);
              });
    }
  }

  private void check(String name, Predicate<String> isReport) throws IOException {
    Path file = folder.resolve(name);
    if (Files.exists(file)) {
      boolean isOurs = Files.isRegularFile(file);
      if (isOurs && Files.size(file) > 0) {
        isOurs = isReport.test(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      }
      if (!isOurs) {
        throw new DiffusionException(
            "file " + file + " must be absent or a run's, found something else");
      }
    }
  }

  /** Tells what run it is and how far it has come. */
  void describe(Checkpoint checkpoint) {
    write(SETTINGS, Settings.writePretty(checkpoint.settings()));
    epochs(checkpoint);
  }

  /** Tells the losses of the epochs that have ended. */
  void epochs(Checkpoint checkpoint) {
    Progress progress = checkpoint.progress();
    List<Double> validations = progress.validationLosses();
    StringBuilder lines = new StringBuilder("epoch,loss");
    lines.append(checkpoint.isValidated() ? ",validation\n" : "\n");
    for (int i = 0; i < progress.epochs(); i++) {
      lines.append(i + 1).append(',').append(progress.epochLosses().get(i));
      lines.append(validations.isEmpty() ? "" : "," + validations.get(i)).append('\n');
    }
    write(EPOCHS, lines.toString());
  }

  /** Draws the losses of all steps, and of the images held back after each epoch. */
  void plot(double[] losses, List<Double> validations) {
    if (losses.length > 0) {
      write(PLOT, LossPlot.of(losses, validations));
    }
  }

  /** Draws what the network has learnt by the end of an epoch. */
  void draw(EpochPictures pictures, TrainedDenoiser denoiser, int epoch) {
    pictures.draw(denoiser, folder, stem(epoch));
  }

  /** Draws the last epoch that has ended, if it has not been drawn and its checkpoint is there. */
  void drawIfMissing(EpochPictures pictures, int epoch) {
    Path checkpoint = folder.resolve(CheckpointFile.ofEpoch(epoch).name());
    boolean isDrawn = Files.exists(folder.resolve(stem(epoch) + EpochPictures.LAST));
    if (!isDrawn && Files.exists(checkpoint)) {
      try (TrainedDenoiser denoiser = TrainedDenoiser.open(checkpoint)) {
        draw(pictures, denoiser, epoch);
      }
    }
  }

  private static String stem(int epoch) {
    return String.format(Locale.ROOT, "epoch-%04d", epoch);
  }

  private void write(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    WholeFiles.writeDurably(folder.resolve(name), out -> out.write(bytes));
  }
}
