package io.github.diffusion4j.onnx.model;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.onnx.Provider;
import io.github.diffusion4j.onnx.text.PromptEmbeddings;
import io.github.diffusion4j.onnx.text.TextEncoder;
import io.github.diffusion4j.onnx.text.Tokenizer;
import io.github.diffusion4j.pipeline.Enlarging;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Pipeline;
import io.github.diffusion4j.pipeline.Prompts;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * DeepFloyd IF, and models with its signature: stage I makes small images of a text, stage II
 * enlarges them (Saharia et al. 2022; DeepFloyd Lab at StabilityAI 2023).
 *
 * <p>A stage is a folder in the layout of diffusers: {@code model_index.json}, {@code scheduler},
 * {@code unet}, and stage I with {@code tokenizer} and {@code text_encoder}, stage II with {@code
 * image_noising_scheduler}. Images are {@code [batch, 3, height, width]} in [−1, 1].
 *
 * <p>The model's own encoder is told prompts as in diffusers, in lower case and without blanks at
 * the ends; stored embeddings are looked up by the prompt as it is.
 *
 * <p>Safe for several threads. Closing stops what is under way and frees everything.
 */
public final class DeepFloydIf implements AutoCloseable {

  private static final String EMBEDDING = "encoder_hidden_states";

  private final Optional<Pipeline<String>> first;
  private final Optional<Pipeline<String>> second;
  private final Optional<NoiseSchedule> noising;
  private final PromptEmbeddings embeddings;
  private final Deque<AutoCloseable> opened;

  private DeepFloydIf(
      Optional<Pipeline<String>> first,
      Optional<Pipeline<String>> second,
      Optional<NoiseSchedule> noising,
      PromptEmbeddings embeddings,
      Deque<AutoCloseable> opened) {
    this.first = first;
    this.second = second;
    this.noising = noising;
    this.embeddings = embeddings;
    this.opened = opened;
  }

  /**
   * Opens a model on the processor, with the text encoder that it has; a stage II alone has none
   * and is opened by {@link #builder} with embeddings.
   *
   * @param folder the folder of stage I, or one that holds the folders {@code stage1} and {@code
   *     stage2}
   * @return the model
   * @throws DiffusionException if a component is missing or is not what it should be
   */
  public static DeepFloydIf open(Path folder) {
    return builder(folder).open();
  }

  /**
   * Opens a model with settings.
   *
   * @param folder the folder of a stage, or one that holds the folders {@code stage1} and {@code
   *     stage2}
   * @return a builder
   */
  public static Builder builder(Path folder) {
    return new Builder(folder);
  }

  /** Whether the model was opened with a stage I. */
  public boolean hasStage1() {
    return first.isPresent();
  }

  /** Whether the model was opened with a stage II. */
  public boolean hasStage2() {
    return second.isPresent();
  }

  /**
   * Stage I: images of texts, with guidance 7 by the loop that the folder's scheduler says.
   *
   * @return the pipeline
   * @throws IllegalStateException if the model was opened without
   */
  public Pipeline<String> stage1() {
    return first.orElseThrow(() -> new IllegalStateException("this model has no stage I"));
  }

  /**
   * Stage II: small images enlarged, noised to level 250, with guidance 4 by the loop that the
   * folder's scheduler says.
   *
   * @param small images of stage I, {@code [1 or batch, 3, height, width]} in [−1, 1]
   * @return the pipeline
   * @throws IllegalStateException if the model was opened without
   */
  public Pipeline<String> stage2(Tensor small) {
    return stage2(small, 250);
  }

  /**
   * Stage II with another noise on the small images.
   *
   * @param small images of stage I, {@code [1 or batch, 3, height, width]} in [−1, 1]
   * @param level the noise that they get, a position of the folder's schedule, in [0, 999] for
   *     DeepFloyd IF: the more, the more is made up
   * @return the pipeline
   * @throws IllegalArgumentException if the level is out of range
   * @throws IllegalStateException if the model was opened without
   */
  public Pipeline<String> stage2(Tensor small, int level) {
    Pipeline<String> pipeline =
        second.orElseThrow(() -> new IllegalStateException("this model has no stage II"));
    NoiseSchedule schedule = noising.orElseThrow();
    Checks.inRange(0, (int) schedule.first(), level, "noise level");
    return pipeline.enlarging(new Enlarging(small, level, schedule));
  }

  /** What the network is told of texts. */
  public PromptEmbeddings embeddings() {
    return embeddings;
  }

  /** Frees everything; a second call does nothing. */
  @Override
  public void close() {
    closeAll(opened);
  }

  private static void closeAll(Deque<AutoCloseable> opened) {
    synchronized (opened) {
      while (!opened.isEmpty()) {
        try {
          opened.pop().close();
        } catch (RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new DiffusionException("a component could not be closed: " + e, e);
        }
      }
    }
  }

  /** The settings that a model is opened with. Not for several threads at once. */
  public static final class Builder {

    private final Path folder;
    private Provider provider = Provider.cpu();
    private OptionalInt threads = OptionalInt.empty();
    private Optional<PromptEmbeddings> embeddings = Optional.empty();

    private Builder(Path folder) {
      this.folder = Objects.requireNonNull(folder, "folder");
    }

    /**
     * What the networks run on; the processor if not called. The text encoder stays on the
     * processor.
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
     * What the networks are told of texts, so that no text encoder is loaded: of stored embeddings
     * by {@link PromptEmbeddings#read}, or of an encoder that the caller closes.
     *
     * @param embeddings the embeddings
     * @return this
     */
    public Builder embeddings(PromptEmbeddings embeddings) {
      this.embeddings = Optional.of(embeddings);
      return this;
    }

    /**
     * Opens the model.
     *
     * @return the model
     * @throws DiffusionException if a component is missing or is not what it should be; what was
     *     opened is closed then
     */
    public DeepFloydIf open() {
      Deque<AutoCloseable> opened = new ArrayDeque<>();
      boolean done = false;
      try {
        DeepFloydIf model = open(opened);
        done = true;
        return model;
      } finally {
        if (!done) {
          closeAll(opened);
        }
      }
    }

    private DeepFloydIf open(Deque<AutoCloseable> opened) {
      Optional<Stage> small = Optional.empty();
      Optional<Stage> large = Optional.empty();
      for (Stage stage : Stage.in(folder)) {
        boolean isLarge = stage.unet().isEnlarging();
        if ((isLarge ? large : small).isPresent()) {
          throw new DiffusionException(
              stage.unet().file()
                  + ": expected one stage I (3 in_channels) and one stage II (6), found two with "
                  + stage.unet().inChannels());
        }
        if (isLarge) {
          large = Optional.of(stage);
        } else {
          small = Optional.of(stage);
        }
      }
      PromptEmbeddings texts = embeddings.isPresent() ? embeddings.get() : encoder(small, opened);
      Prompts<String> prompts = text -> Conditioning.none().global(EMBEDDING, texts.of(text));
      return new DeepFloydIf(
          small.map(stage -> pipeline(stage, prompts, opened).guidance(7)),
          large.map(stage -> pipeline(stage, prompts, opened).guidance(4)),
          large.map(Stage::noising),
          texts,
          opened);
    }

    private PromptEmbeddings encoder(Optional<Stage> small, Deque<AutoCloseable> opened) {
      ModelFolder model =
          small
              .map(Stage::model)
              .filter(stage -> stage.has("text_encoder"))
              .orElseThrow(
                  () ->
                      new DiffusionException(
                          folder
                              + ": expected component text_encoder of stage I, found none; give"
                              + " embeddings to the builder"));
      Path graph = model.component("text_encoder");
      Path texts = model.component("tokenizer");
      // The encoder closes its tokenizer, even where it cannot be opened.
      TextEncoder encoder = TextEncoder.open(graph, Tokenizer.t5(texts).lowerCase());
      opened.push(encoder);
      return encoder;
    }

    private Pipeline<String> pipeline(
        Stage stage, Prompts<String> prompts, Deque<AutoCloseable> opened) {
      OnnxDenoiser.Builder builder =
          OnnxDenoiser.builder(stage.graph())
              .provider(provider)
              .prediction(stage.scheduler().prediction())
              .schedule(stage.scheduler().schedule());
      if (stage.unet().isEnlarging()) {
        builder.appended(Enlarging.IMAGE);
      }
      threads.ifPresent(builder::threads);
      OnnxDenoiser network = builder.open();
      opened.push(network);
      stage.unet().check(network, stage.scheduler().isLearned());
      return Pipeline.of(network, prompts, "", stage.unet().image(), PixelRange.SIGNED)
          .loop(Loop.of(stage.scheduler()));
    }
  }
}
