package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Denoiser;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.internal.Checks;
import java.util.Objects;
import java.util.Optional;

/** What all requests of a pipeline share, and what they begin with. */
record Setting<P>(
    Denoiser denoiser,
    NoiseSchedule schedule,
    Prompts<P> prompts,
    P unconditional,
    Shape image,
    PixelRange range,
    Optional<Enlarging> enlarging,
    Loop loop,
    Guiding guiding) {

  Setting {
    Objects.requireNonNull(denoiser, "denoiser");
    Objects.requireNonNull(schedule, "schedule");
    Objects.requireNonNull(prompts, "prompts");
    Objects.requireNonNull(unconditional, "unconditional");
    Objects.requireNonNull(range, "range");
    Objects.requireNonNull(loop, "loop");
    Objects.requireNonNull(guiding, "guiding");
    Checks.require(
        image.rank() == 4 && image.batch() == 1 && image.elements() > 0,
        () -> "the shape of one image is [1, channels, height, width], got " + image);
  }

  Setting<P> withImage(Shape other) {
    return new Setting<>(
        denoiser, schedule, prompts, unconditional, other, range, enlarging, loop, guiding);
  }

  Setting<P> withEnlarging(Enlarging other) {
    return new Setting<>(
        denoiser,
        schedule,
        prompts,
        unconditional,
        image,
        range,
        Optional.of(other),
        loop,
        guiding);
  }

  Setting<P> withLoop(Loop other) {
    return new Setting<>(
        denoiser, schedule, prompts, unconditional, image, range, enlarging, other, guiding);
  }

  Setting<P> withGuiding(Guiding other) {
    return new Setting<>(
        denoiser, schedule, prompts, unconditional, image, range, enlarging, loop, other);
  }
}
