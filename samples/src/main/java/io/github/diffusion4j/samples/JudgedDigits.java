package io.github.diffusion4j.samples;

import io.github.diffusion4j.DiffusionModel;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.metric.FrechetDistance;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** What commands that measure digits share: the model, its judge and MNIST. */
public final class JudgedDigits {

  /** So many images of MNIST are judged at a time. */
  private static final int BATCH = 100;

  @Option(names = "--model", description = "The exported model.")
  private Path model = Path.of("samples/models/digits.onnx");

  @Option(names = "--judge", description = "The classifier.")
  private Path judge = Path.of("samples/models/judge.onnx");

  @Option(names = "--data", description = "The folder of the MNIST files.")
  private Path data = Path.of("samples/data/mnist");

  @Option(names = "--guidance", description = "The scale of classifier-free guidance.")
  private double guidance = 5;

  /** With the defaults of the command line, but for the scale of guidance. */
  public static JudgedDigits at(double guidance) {
    JudgedDigits judged = new JudgedDigits();
    judged.guidance = guidance;
    return judged;
  }

  /**
   * How good digits are.
   *
   * @param asAsked how many the judge reads as asked
   * @param features what the judge sees in all of them
   */
  public record Score(int asAsked, Tensor features) {

    public double distance(Tensor real) {
      return FrechetDistance.between(features, real);
    }
  }

  OnnxDenoiser openModel() {
    return OnnxDenoiser.open(model);
  }

  Judge openJudge() throws Exception {
    return new Judge(judge);
  }

  double guidance() {
    return guidance;
  }

  Dataset test() throws IOException {
    return Mnist.test(data);
  }

  Dataset train() throws IOException {
    return Mnist.train(data);
  }

  /** Digits with seeds from 0, as many of each, in batches. */
  public Score score(
      DiffusionModel denoiser,
      Judge classifier,
      UnaryOperator<Sampling> way,
      int images,
      int batch,
      IntConsumer done)
      throws Exception {
    int[] labels = Digits.rows(Digits.all(), batch / Digits.CLASSES);
    Sampler sampler = Sampler.of(denoiser);
    List<Tensor> drawn = new ArrayList<>();
    long asAsked = 0;
    for (int first = 0; first < images; first += batch) {
      Sampling request = way.apply(Digits.request(labels, guidance)).seed(first);
      Judge.Verdict verdict = classifier.judge(sampler.sample(request));
      drawn.add(verdict.features());
      asAsked += IntStream.range(0, batch).filter(i -> verdict.digit(i) == labels[i]).count();
      done.accept(first + batch);
    }
    return new Score((int) asAsked, Tensors.concat(drawn));
  }

  public static Tensor features(Judge classifier, Dataset digits) throws Exception {
    List<Tensor> features = new ArrayList<>();
    for (int first = 0; first < digits.size(); first += BATCH) {
      int end = Math.min(first + BATCH, digits.size());
      features.add(classifier.judge(digits.images(first, end)).features());
    }
    return Tensors.concat(features);
  }
}
