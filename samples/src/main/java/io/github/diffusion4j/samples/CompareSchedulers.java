package io.github.diffusion4j.samples;

import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.metric.FrechetDistance;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures what every deterministic scheduler makes of a number of network calls: how many digits
 * the judge reads as asked, and the Fréchet distance of the judge's features to MNIST's test set.
 *
 * <p>All start at position 0.999 of the flow in place of 1: there the signal is 0 and the ratio of
 * noise to signal, in which most of the methods work, is infinite. Rows that the CSV file has
 * already are not measured again.
 */
@Command(
    name = "CompareSchedulers",
    description = "Quality against network calls for every deterministic scheduler.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class CompareSchedulers implements Callable<Integer> {

  private static final double START = 0.999;
  private static final int BATCH = 50;

  @Mixin private JudgedDigits judged;

  @Option(names = "--images", description = "Digits for each point, a multiple of 50.")
  private int images = 200;

  @Option(names = "--calls", split = ",", description = "The most network calls for an image.")
  private int[] calls = {5, 10, 20, 50};

  @Option(names = "--out", description = "Where schedulers.csv and schedulers.png are written.")
  private Path out = Path.of("docs/images");

  public static void main(String[] args) {
    System.exit(new CommandLine(new CompareSchedulers()).execute(args));
  }

  private static Map<String, Scheduler> schedulers() {
    Map<String, Scheduler> all = new LinkedHashMap<>();
    all.put("ddim()", Scheduler.ddim());
    all.put("heun()", Scheduler.heun());
    all.put("kdpm2()", Scheduler.kdpm2());
    all.put("lms(4)", Scheduler.lms(4));
    all.put("deis(3)", Scheduler.deis(3));
    all.put("dpmSolver(2)", Scheduler.dpmSolver(2));
    all.put("dpmSolver(3)", Scheduler.dpmSolver(3));
    all.put("dpmSolver(2).heun()", Scheduler.dpmSolver(2).heun());
    all.put("dpmSolver(2).onNoise()", Scheduler.dpmSolver(2).onNoise());
    all.put("dpmSolver(2).singlestep()", Scheduler.dpmSolver(2).singlestep());
    all.put("dpmSolver(3).singlestep()", Scheduler.dpmSolver(3).singlestep());
    all.put("uniPc(2)", Scheduler.uniPc(2));
    all.put("uniPc(3)", Scheduler.uniPc(3));
    all.put("uniPc(2).bh1()", Scheduler.uniPc(2).bh1());
    all.put("uniPc(2).onNoise()", Scheduler.uniPc(2).onNoise());
    all.put("saSolver(2; 2) with τ = 0", Scheduler.saSolver(2, 2).noise(time -> 0));
    all.put("pndm()", Scheduler.pndm());
    all.put("plms()", Scheduler.plms());
    all.put("ipndm()", Scheduler.ipndm());
    return all;
  }

  @Override
  public Integer call() throws Exception {
    Path csv = out.resolve("schedulers.csv");
    if (!Files.exists(csv)) {
      Files.writeString(csv, "scheduler,most calls,steps,calls,images,as asked,distance\n");
    }
    try (OnnxDenoiser denoiser = judged.openModel();
        Judge classifier = judged.openJudge()) {
      Tensor real = JudgedDigits.features(classifier, judged.test());
      Tensor train = JudgedDigits.features(classifier, judged.train().first(images));
      System.err.printf(
          "Fréchet distance of %d training digits: %.3f%n",
          images, FrechetDistance.between(train, real));
      for (int most : calls) {
        for (Map.Entry<String, Scheduler> entry : schedulers().entrySet()) {
          String key = entry.getKey() + "," + most + ",";
          OptionalInt steps = steps(entry.getValue(), denoiser.schedule(), most);
          boolean isThere = Files.readAllLines(csv).stream().anyMatch(l -> l.startsWith(key));
          if (steps.isPresent() && !isThere) {
            String row =
                key + measure(denoiser, classifier, entry.getValue(), steps.getAsInt(), real);
            Files.writeString(csv, row + "\n", StandardOpenOption.APPEND);
            System.err.println(row);
          }
        }
      }
    }
    SchedulerChart.write(csv, out.resolve("schedulers.png"));
    return 0;
  }

  private String measure(
      OnnxDenoiser denoiser, Judge classifier, Scheduler scheduler, int steps, Tensor real)
      throws Exception {
    JudgedDigits.Score score =
        judged.score(
            denoiser,
            classifier,
            request -> request.scheduler(scheduler).spacing(spacing(steps)),
            images,
            BATCH,
            done -> {});
    return String.format(
        Locale.ROOT,
        "%d,%d,%d,%d,%.3f",
        steps,
        cost(scheduler, denoiser.schedule(), steps),
        images,
        score.asAsked(),
        score.distance(real));
  }

  /** Even steps on the flow from just inside of its noisy end to the image. */
  private static Spacing spacing(int steps) {
    return Spacing.of(
        IntStream.range(0, steps).mapToDouble(i -> START * (steps - i) / steps).toArray());
  }

  private static int cost(Scheduler scheduler, NoiseSchedule schedule, int steps) {
    return scheduler.expand(spacing(steps).timeline(schedule, steps)).steps();
  }

  /** The most steps for so many calls, if there are any: PNDM makes at least four, in 13 calls. */
  private static OptionalInt steps(Scheduler scheduler, NoiseSchedule schedule, int calls) {
    int least = scheduler.toString().equals("pndm") ? 4 : 1;
    return IntStream.rangeClosed(least, calls)
        .filter(steps -> cost(scheduler, schedule, steps) <= calls)
        .max();
  }
}
