package io.github.diffusion4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.Estimate;
import io.github.diffusion4j.Frame;
import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StripTest {

  private static final NoiseLevel LEVEL = NoiseSchedule.rectifiedFlow().at(.5);

  /** A batch of two images of one pixel: the number, and the number and 100 more. */
  private static Tensor batch(int number) {
    return Tensor.of(Shape.images(2, 1, 1, 1), number / 255f, (number + 100) / 255f);
  }

  private static List<Frame> run(int steps) {
    return IntStream.rangeClosed(1, steps)
        .mapToObj(
            i -> {
              Estimate estimate = Estimate.of(batch(i + 50), batch(0));
              return new Frame(i, steps, LEVEL, batch(i), estimate);
            })
        .toList();
  }

  private static int[] firstRow(Strip strip) {
    float[] values = strip.images().images(0, strip.columns()).toArray();
    return IntStream.range(0, values.length).map(i -> Math.round(255 * values[i])).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3, 1 2 3",
    "2, 5, 2 4 5",
    "5, 12, 5 10 12",
    "5, 10, 5 10",
    "7, 7, 7",
    "9, 4, 4",
  })
  void everySoManyStepsAFrameIsChosenAndTheLastAlways(int every, int steps, String chosen) {
    Strip strip = Strip.every(every, run(steps), Frame::sample);
    assertThat(firstRow(strip))
        .containsExactly(Stream.of(chosen.split(" ", -1)).mapToInt(Integer::parseInt).toArray());
  }

  @Test
  void aRowIsAnImageOfTheBatch() {
    Strip strip = Strip.every(2, run(5), Frame::sample);
    assertThat(strip.columns()).isEqualTo(3);
    BufferedImage picture = strip.draw(PixelRange.UNIT);
    assertThat(picture.getRaster().getSamples(0, 2, 11, 1, 0, (int[]) null))
        .containsExactly(255, 255, 2, 255, 255, 4, 255, 255, 5, 255, 255);
    assertThat(picture.getRaster().getSamples(0, 5, 11, 1, 0, (int[]) null))
        .containsExactly(255, 255, 102, 255, 255, 104, 255, 255, 105, 255, 255);
    assertThat(picture.getHeight()).isEqualTo(8);
  }

  @Test
  void whatIsShownOfAFrameIsTheCallersChoice() {
    Strip strip = Strip.every(2, run(4), frame -> frame.estimate().clean());
    assertThat(firstRow(strip)).containsExactly(52, 54);
  }

  @Test
  void aRunIsPassedThroughOnce() {
    List<Frame> run = run(6);
    AtomicInteger runs = new AtomicInteger();
    Strip.every(
        4,
        () -> {
          runs.incrementAndGet();
          return run.iterator();
        },
        Frame::sample);
    assertThat(runs).hasValue(1);
  }

  @Test
  void givenBatchesAreTheColumns() {
    Strip strip = Strip.of(List.of(batch(9), batch(8), batch(7)));
    assertThat(strip.images())
        .isEqualTo(
            Tensor.of(
                Shape.images(6, 1, 1, 1),
                9 / 255f,
                8 / 255f,
                7 / 255f,
                109 / 255f,
                108 / 255f,
                107 / 255f));
  }

  @Test
  void wrongStripsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Strip.every(0, run(3), Frame::sample))
        .withMessage("steps must be at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Strip.every(1, run(0), Frame::sample))
        .withMessageContaining("got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Strip.of(List.of(batch(1), batch(2).images(0, 1))))
        .withMessageContaining("got [2, 1, 1, 1] and [1, 1, 1, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Strip.of(List.of(batch(1).images(0, 0))))
        .withMessageContaining("at least one image, got [0, 1, 1, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Strip.of(List.of(Tensor.zeros(Shape.images(1, 2, 4, 4)))))
        .withMessageContaining("[batch, 1 or 3, height, width], got [1, 2, 4, 4]");
  }
}
