package io.github.diffusion4j;

import static io.github.diffusion4j.TestTensors.assertClose;
import static io.github.diffusion4j.TwoWaves.GIVEN;
import static io.github.diffusion4j.TwoWaves.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Guidances that remember, alone and in composites, over runs. */
class GuidanceMemoryTest {

  private static final ClassifierFree PLAIN = Guidance.classifierFree(7, GIVEN, NOTHING);
  private static final ClassifierFree SLOW = PLAIN.momentum(-.75).limited(2).projected(0);
  private static final ClassifierFree FAST = PLAIN.momentum(.4);

  /** The guided noise of each step; what the network says does not depend on the images. */
  private static List<Tensor> noises(Guidance guidance) {
    List<Tensor> noises = new ArrayList<>();
    for (Frame frame : TwoWaves.epsilon().frames(TwoWaves.request(guidance))) {
      noises.add(frame.estimate().noise());
    }
    return noises;
  }

  private static void assertSame(List<Tensor> actual, List<Tensor> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertClose(actual.get(i), expected.get(i), 1e-5);
    }
  }

  private static List<Tensor> mean(List<Tensor> first, List<Tensor> second) {
    List<Tensor> means = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      means.add(Tensors.mix(.5, first.get(i), .5, second.get(i)));
    }
    return means;
  }

  @Test
  void memoryIsDeclaredAndAddsUp() {
    assertThat(PLAIN.memory()).isZero();
    assertThat(SLOW.memory()).isEqualTo(1);
    assertThat(Guidance.classifierFree(1, GIVEN, NOTHING).momentum(-.5).memory()).isEqualTo(1);
    assertThat(Guidance.classifierFree(0, GIVEN, NOTHING).momentum(-.5).memory()).isZero();
    assertThat(Guidance.mean(SLOW, PLAIN, FAST.through(View.flip())).clamped(-1, 1).memory())
        .isEqualTo(2);
    assertThat(Guidance.classifierFree(3, SLOW, FAST).momentum(.1).memory()).isEqualTo(3);
    assertThat(SLOW.during(Interval.ofSteps(0, .5)).memory()).isEqualTo(1);
  }

  @Test
  void partsOfAMeanRememberTheirOwn() {
    assertSame(noises(Guidance.mean(SLOW, FAST)), mean(noises(SLOW), noises(FAST)));
    assertSame(noises(Guidance.mean(PLAIN, FAST)), mean(noises(PLAIN), noises(FAST)));
  }

  @Test
  void oneGuidanceInTwoViewsRemembersWhatEachSees() {
    List<Tensor> turned = noises(SLOW).stream().map(View.flip()::invert).toList();
    assertSame(noises(SLOW.through(View.flip())), turned);
    assertSame(noises(Guidance.mean(SLOW, SLOW.through(View.flip()))), mean(noises(SLOW), turned));
  }

  @Test
  void filtersAndBlendsAndNestingKeepWhatIsRemembered() {
    assertSame(
        noises(Guidance.hybrid(Filter.scale(.5), SLOW, FAST)), noises(Guidance.mean(SLOW, FAST)));
    assertSame(noises(SLOW.clamped(-1, 1)), noises(SLOW));
    assertSame(noises(SLOW.thresholded(.9, 1)), noises(SLOW));
    assertSame(
        noises(Guidance.compose(PLAIN).towards(.5, SLOW).towards(.5, FAST)),
        noises(Guidance.mean(SLOW, FAST)));
    assertSame(
        noises(Guidance.classifierFree(.25, SLOW, FAST)),
        noises(Guidance.blend(new double[] {.25, .75}, SLOW, FAST)));
    ClassifierFree nested = Guidance.classifierFree(2, SLOW, FAST).momentum(-.5);
    assertThat(noises(nested.zeroInitial(2)).subList(0, 2))
        .allSatisfy(noise -> assertClose(noise, Tensor.zeros(noise.shape()), 0));
  }

  @Test
  void outsideOfItsIntervalAGuidanceKeepsWhatItRemembers() {
    Interval ends = now -> now.index() != 2;
    List<Tensor> skipped = noises(FAST.during(ends, PLAIN));
    Tensor sum = Tensor.zeros(TwoWaves.IMAGES);
    for (int step : new int[] {0, 1, 3, 4}) {
      Tensor difference =
          Tensors.mix(1, TwoWaves.prediction(true, step), -1, TwoWaves.prediction(false, step));
      sum = Tensors.mix(1, difference, .4, sum);
      assertClose(
          skipped.get(step), Tensors.mix(1, TwoWaves.prediction(false, step), 7, sum), 1e-5);
    }
    assertSame(skipped.subList(2, 3), noises(PLAIN).subList(2, 3));
  }

  @Test
  void everyRunBeginsAnewAndThreadsDoNotMeet() throws InterruptedException, ExecutionException {
    Sampler sampler = TwoWaves.epsilon();
    Sampling request = TwoWaves.request(Guidance.mean(SLOW, FAST.through(View.flip())));
    Tensor expected = sampler.sample(request);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Tensor>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        runs.add(threads.submit(() -> sampler.sample(request)));
      }
      for (Future<Tensor> run : runs) {
        assertThat(run.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatHidesTheMemoryOfItsPartsIsRefused() {
    Guidance hiding = now -> SLOW.plan(now);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> noises(hiding))
        .withMessageContaining("carries 1 tensors")
        .withMessageContaining("got 0");
    Guidance forgetting =
        new Guidance() {
          @Override
          public Plan plan(Moment now) {
            return Guidance.of(GIVEN).plan(now);
          }

          @Override
          public int memory() {
            return 1;
          }
        };
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> noises(forgetting))
        .withMessageContaining("expected 1 tensors, found 0");
  }
}
