package io.github.diffusion4j.onnx;

import ai.onnxruntime.OrtException;
import io.github.diffusion4j.Cancellation;
import io.github.diffusion4j.Denoiser;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.DiffusionModel;
import io.github.diffusion4j.Estimate;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.PredictionType;
import io.github.diffusion4j.Predictor;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.internal.ModelMetadata;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A denoiser that is an ONNX file, run by ONNX Runtime.
 *
 * <p>What the graph takes is read from the graph. The images are its only input with four axes, or
 * the one named {@code sample}; the network time is the input named {@code timestep}, {@code
 * timesteps}, {@code time} or {@code t}, of any number type, one for all images or one for each;
 * every other input is told by the {@linkplain io.github.diffusion4j.Conditioning conditioning}, by
 * its name. The prediction is the only output, or the one named {@code out_sample}, and may have a
 * learned variance as second half of its channels.
 *
 * <p>What the network predicts, and its noise schedule, are read from the file's metadata {@value
 * #PREDICTION} and {@value #SCHEDULE}, as {@link PredictionType#toString()} and {@link
 * NoiseSchedule#toString()} write them; for files without, the {@linkplain #builder builder} takes
 * them.
 *
 * <p>All questions of a step run as one batch. Memory for inputs and outputs is used again by later
 * steps.
 *
 * <p>Any number of threads may use one denoiser and close it. Closing stops the runs under way,
 * which then throw {@link IllegalStateException}, as does every later one.
 */
public final class OnnxDenoiser implements DiffusionModel {

  /** The metadata key of what the network predicts. */
  public static final String PREDICTION = ModelMetadata.PREDICTION;

  /** The metadata key of the noise schedule. */
  public static final String SCHEDULE = ModelMetadata.SCHEDULE;

  private final Path file;
  private final Session session;
  private final Provider provider;
  private final Map<String, String> metadata;
  private final PredictionType prediction;
  private final NoiseSchedule schedule;
  private final Denoiser denoiser;

  private OnnxDenoiser(
      Path file,
      Session session,
      Provider provider,
      Map<String, String> metadata,
      PredictionType prediction,
      NoiseSchedule schedule,
      List<String> appended) {
    this.file = file;
    this.session = session;
    this.provider = provider;
    this.metadata = metadata;
    this.prediction = prediction;
    this.schedule = schedule;
    Predictor network = new OnnxPredictor(file, session, appended);
    this.denoiser =
        Denoiser.of(WholeTimes.where(session.signature(), schedule, network), prediction);
  }

  /**
   * Opens a model whose metadata says what it predicts, on the processor.
   *
   * @param file an ONNX file; weights in files of their own lie beside it
   * @return the denoiser
   * @throws DiffusionException if the file is not the model of a denoiser, its metadata does not
   *     say what it predicts, or ONNX Runtime does not start
   */
  public static OnnxDenoiser open(Path file) {
    return builder(file).open();
  }

  /**
   * Opens a model with settings.
   *
   * @param file an ONNX file; weights in files of their own lie beside it
   * @return a builder
   */
  public static Builder builder(Path file) {
    return new Builder(file);
  }

  @Override
  public List<Estimate> estimate(List<Query> queries) {
    return denoiser.estimate(queries);
  }

  @Override
  public List<Estimate> estimate(List<Query> queries, Cancellation cancellation) {
    return denoiser.estimate(queries, cancellation);
  }

  @Override
  public PredictionType prediction() {
    return prediction;
  }

  @Override
  public NoiseSchedule schedule() {
    return schedule;
  }

  @Override
  public List<String> classNames() {
    return Metadata.classNames(metadata);
  }

  /** What the model runs on, which is a fallback where the provider asked for cannot be used. */
  public Provider provider() {
    return provider;
  }

  /** The file's own metadata, such as where the model comes from. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The image input. */
  public GraphTensor image() {
    return session.signature().image();
  }

  @Override
  public Optional<Shape> imageShape(int batch) {
    List<Integer> sizes = image().sizes();
    return sizes.subList(1, 4).contains(GraphTensor.ANY)
        ? Optional.empty()
        : Optional.of(Shape.images(batch, sizes.get(1), sizes.get(2), sizes.get(3)));
  }

  /** The time input; none if the network is not told the time. */
  public Optional<GraphTensor> time() {
    return session.signature().time();
  }

  /** The inputs that the conditioning must hold. */
  public Collection<GraphTensor> conditioning() {
    return List.copyOf(session.signature().conditioning().values());
  }

  /** The output with the prediction. */
  public GraphTensor output() {
    return session.signature().output();
  }

  /**
   * Frees the model. Runs under way are stopped first; a second call does nothing.
   *
   * @throws DiffusionException if ONNX Runtime fails
   */
  @Override
  public void close() {
    session.close();
  }

  /** The file, what it predicts and what it runs on. */
  @Override
  public String toString() {
    return "OnnxDenoiser[" + file + ", " + prediction + ", " + schedule + ", " + provider + "]";
  }

  /** The settings that a model is opened with. Not for several threads at once. */
  public static final class Builder {

    private final Path file;
    private Provider provider = Provider.cpu();
    private OptionalInt threads = OptionalInt.empty();
    private Optional<PredictionType> prediction = Optional.empty();
    private Optional<NoiseSchedule> schedule = Optional.empty();
    private List<String> appended = List.of();

    private Builder(Path file) {
      this.file = Objects.requireNonNull(file, "file");
    }

    /**
     * What to run on; the processor if not called.
     *
     * @param provider the provider, with its fallbacks
     * @return this
     */
    public Builder provider(Provider provider) {
      this.provider = Objects.requireNonNull(provider, "provider");
      return this;
    }

    /**
     * How many threads of the processor work on one run; one for each core if not called.
     *
     * @param threads in [1, 1024]
     * @return this
     * @throws IllegalArgumentException if the number is out of range
     */
    public Builder threads(int threads) {
      this.threads = OptionalInt.of(Checks.inRange(1, 1024, threads, "threads"));
      return this;
    }

    /**
     * What the network predicts, whatever the metadata says.
     *
     * @param prediction the prediction type
     * @return this
     */
    public Builder prediction(PredictionType prediction) {
      this.prediction = Optional.of(prediction);
      return this;
    }

    /**
     * The noise schedule that the network was trained with, whatever the metadata says.
     *
     * @param schedule the schedule
     * @return this
     */
    public Builder schedule(NoiseSchedule schedule) {
      this.schedule = Optional.of(schedule);
      return this;
    }

    /**
     * Which spatial inputs the graph takes as further channels of its image input, such as the
     * small image that is to be enlarged.
     *
     * @param names their names in the conditioning, in the order of the channels
     * @return this
     */
    public Builder appended(String... names) {
      this.appended = List.of(names);
      return this;
    }

    /**
     * Opens the model.
     *
     * @return the denoiser
     * @throws DiffusionException if the file is not the model of a denoiser, neither its metadata
     *     nor this builder says what it predicts, a provider without fallback cannot be used, or
     *     ONNX Runtime does not start
     */
    public OnnxDenoiser open() {
      Sessions.Opened opened = Sessions.open(file, provider, threads);
      boolean done = false;
      try {
        OnnxDenoiser denoiser = open(opened);
        done = true;
        return denoiser;
      } catch (OrtException e) {
        throw new DiffusionException(file + ": the graph cannot be read: " + e.getMessage(), e);
      } finally {
        if (!done) {
          opened.close();
        }
      }
    }

    private OnnxDenoiser open(Sessions.Opened opened) throws OrtException {
      Map<String, String> metadata = Map.copyOf(opened.session().getMetadata().getCustomMetadata());
      Signature signature = Signature.of(file, opened.session());
      PredictionType type =
          prediction.orElseGet(
              () -> Metadata.read(file, metadata, PREDICTION, PredictionType::named));
      NoiseSchedule noise =
          schedule.orElseGet(() -> Metadata.read(file, metadata, SCHEDULE, NoiseSchedule::named));
      Session session = new Session(file, opened, signature);
      return new OnnxDenoiser(file, session, opened.provider(), metadata, type, noise, appended);
    }
  }
}
