package io.github.diffusion4j.train;

import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.image.AnimatedGif;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.internal.Checks;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a run draws after each epoch: samples, as a grid and on their way out of the noise.
 *
 * @param request the samples
 * @param grid how they are laid out
 */
record EpochPictures(Sampling request, ImageGrid grid) {

  /** What the name of the file ends with that is written last. */
  static final String LAST = ".gif";

  /** The most frames of an animation: noise cannot be compressed. */
  private static final int FRAMES = 25;

  private static final int MILLISECONDS = 120;
  private static final int LAST_MILLISECONDS = 2000;

  EpochPictures {
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(grid, "grid");
  }

  /**
   * Makes the first step of the request, so that one that the network does not take is refused
   * before an epoch has been trained.
   *
   * @throws IllegalArgumentException if it does not
   */
  void check(TrainedDenoiser denoiser) {
    Iterator<Frame> frames = Sampler.of(denoiser).frames(request).iterator();
    Checks.require(frames.hasNext(), () -> "a request must have steps, got " + request.settings());
    grid.draw(frames.next().sample(), PixelRange.UNIT);
  }

  /** Writes {@code epoch-0001.png} and {@code epoch-0001.gif}. */
  void draw(TrainedDenoiser denoiser, Path folder, String stem) {
    try (AnimatedGif gif = AnimatedGif.create(folder.resolve(stem + LAST), MILLISECONDS)) {
      for (Frame frame : Sampler.of(denoiser).frames(request)) {
        int left = frame.steps() - frame.index();
        if (left % ((frame.steps() + FRAMES - 1) / FRAMES) == 0) {
          BufferedImage picture = grid.draw(frame.sample(), PixelRange.UNIT);
          gif.add(picture);
          if (left == 0) {
            Png.write(folder.resolve(stem + ".png"), picture, text(denoiser, stem));
          }
        }
      }
      gif.finish(LAST_MILLISECONDS);
    }
  }

  private Map<String, String> text(TrainedDenoiser denoiser, String stem) {
    Map<String, String> text = new LinkedHashMap<>(request.settings());
    text.put("checkpoint", stem);
    text.putAll(denoiser.metadata());
    return text;
  }
}
