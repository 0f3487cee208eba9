package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.samples.LossChart;
import io.github.diffusion4j.samples.Page;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * All figures of the course's part B on one page: from the records of its runs, and from small runs
 * made on the spot.
 */
@Command(
    name = "PartB",
    description = "Makes all figures of the course's part B, on one page in the folder --out.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class PartB implements Callable<Integer> {

  /** The runs whose rates the course compares. */
  private static final List<String> RATES =
      List.of("scheduled-32", "constant-rate", "constant-rate-1e-2");

  @Option(names = "--data", description = "The folder of the MNIST files.")
  private Path data = Path.of("samples/data/mnist");

  @Option(names = "--records", description = "The folder of all records.")
  private Path records = Path.of("samples/runs");

  @Option(
      names = "--live",
      description = "Digits to make each run with at D = 8 for two epochs; 0 makes none.")
  private int live = 6400;

  @Option(names = "--out", description = "Where to write.")
  private Path out = Path.of("part-b");

  public static void main(String[] args) {
    System.exit(new CommandLine(new PartB()).execute(args));
  }

  /**
   * Makes the page from the records alone.
   *
   * @param samples the folder of the samples
   * @param out where to write
   * @throws Exception if something cannot be read or written
   */
  public static void fromRecords(Path samples, Path out) throws Exception {
    PartB page = new PartB();
    page.data = samples.resolve("data/mnist");
    page.records = samples.resolve("runs");
    page.live = 0;
    page.out = out;
    page.call();
  }

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(out);
    Dataset test = Mnist.test(data);
    Page page = new Page("Part B");
    page.heading("Noise");
    RunPictures.noising(test, out.resolve("noising.png"));
    page.figure("noising.png", "Test digits with noise of σ = 0, .2, .4, .5, .6, .8, 1.");
    sections(page, records, "records", "from its record");
    if (live > 0) {
      Path made = out.resolve("live");
      Dataset train = Mnist.train(data).first(live);
      for (CourseRun run : CourseRun.ALL) {
        make(run.small(), train, test, made);
      }
      sections(page, made, "live", "made just now, small and short");
    }
    Path index = out.resolve("index.html");
    Files.writeString(index, page.html());
    System.out.println("Wrote " + index);
    return 0;
  }

  private static void make(CourseRun run, Dataset train, Dataset test, Path made) throws Exception {
    System.out.println(run.name() + " at D = " + run.width());
    Path record = Files.createDirectories(made.resolve(run.name()));
    Path folder = Files.createTempDirectory("diffusion4j-" + run.name());
    try {
      try (Trainer trainer =
          Trainer.start(run.network(run.width()), run.training(), train, folder)) {
        TrainCourse.train(trainer);
      }
      RunRecord.write(run, folder, train, test.first(1000), record, true, Optional.empty());
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /** A section for each record in a folder, and one that compares their rates. */
  private void sections(Page page, Path from, String to, String how) throws IOException {
    Map<String, Path> rates = new LinkedHashMap<>();
    for (CourseRun run : CourseRun.ALL) {
      Path record = from.resolve(run.name());
      if (Files.exists(record.resolve("settings.json"))) {
        section(page, run, record, to + "/" + run.name(), how);
        if (RATES.contains(run.name())) {
          rates.put(run.name(), record.resolve("loss.csv"));
        }
      }
    }
    if (rates.size() > 1) {
      String file = to + "/rates.png";
      LossChart.compare("Rates compared", rates, out.resolve(file));
      page.heading("Rates compared, " + how);
      page.figure(file, "The loss of " + String.join(", ", rates.keySet()) + ".");
    }
  }

  private void section(Page page, CourseRun run, Path record, String to, String how)
      throws IOException {
    Map<?, ?> settings = RunRecord.read(record);
    page.heading(RunRecord.title(settings) + ", " + how);
    page.paragraph(
        "D = "
            + settings.get("width")
            + (settings.get("width").equals(settings.get("widthOfTheCourse"))
                ? ", the course's"
                : "; the course has " + settings.get("widthOfTheCourse"))
            + ". Settings: "
            + settings.get("training")
            + ". Data: "
            + settings.get("data")
            + ". By version "
            + settings.get("version")
            + " in "
            + settings.get("wallSeconds")
            + " s.");
    page.paragraph(
        "Mean loss of the last "
            + settings.get("lastSteps")
            + " steps: "
            + rounded(settings.get("meanLossOfLastSteps"))
            + ". Of each epoch: "
            + rounded(settings.get("meanLossOfEpochs"))
            + ". Measured: "
            + rounded(settings.get("measures"))
            + ".");
    Path target = Files.createDirectories(out.resolve(to));
    figure(page, record, target, to, "loss.png", "The loss of each step.");
    for (String epoch : epochs(record)) {
      for (Map.Entry<String, String> each : RunPictures.captions(run.kind()).entrySet()) {
        String file = epoch + each.getKey();
        if (!file.endsWith(".gif") || Files.exists(record.resolve(file))) { // not all are animated
          figure(page, record, target, to, file, words(epoch) + ": " + each.getValue() + ".");
        }
      }
    }
  }

  /** Numbers with four digits behind the point, in lists and by names too. */
  private static String rounded(Object value) {
    if (value instanceof Double number) {
      return String.format(Locale.ROOT, "%.4f", number);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(PartB::rounded).collect(Collectors.joining(", "));
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> entry.getKey() + " " + rounded(entry.getValue()))
          .collect(Collectors.joining(", "));
    }
    return String.valueOf(value);
  }

  private static void figure(
      Page page, Path record, Path target, String to, String file, String caption)
      throws IOException {
    Path source = record.resolve(file);
    if (!source.toAbsolutePath().equals(target.resolve(file).toAbsolutePath())) {
      Files.copy(source, target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    page.figure(to + "/" + file, caption);
  }

  /** The names of checkpoints that a record has pictures of, in their order. */
  private static List<String> epochs(Path record) throws IOException {
    try (Stream<Path> files = Files.list(record)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("epoch-\\d+(-step-\\d+)?\\.png"))
          .map(name -> name.replace(".png", ""))
          .sorted()
          .toList();
    }
  }

  /** {@code epoch-0003-step-00002000} in words. */
  private static String words(String epoch) {
    String[] parts = epoch.split("-", -1);
    String after = "Epoch " + Integer.parseInt(parts[1]);
    return parts.length < 4
        ? after
        : "Within " + after.toLowerCase(Locale.ROOT) + ", step " + Integer.parseInt(parts[3]);
  }
}
