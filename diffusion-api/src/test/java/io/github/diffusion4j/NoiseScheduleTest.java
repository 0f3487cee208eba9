package io.github.diffusion4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoiseScheduleTest {

  private static final String COSINE = "squaredCosine(1000)";
  private static final String STABLE = "scaledLinear(1000, 8.5E-4, 0.012)";

  private static double alphaBar(NoiseSchedule schedule, int position) {
    double signal = schedule.at(position).signal();
    return signal * signal;
  }

  /** Half a unit of the last printed digit and 1e-6 of the number. */
  private static void assertPrinted(double actual, String printed) {
    java.math.BigDecimal number = new java.math.BigDecimal(printed);
    double tolerance = number.ulp().doubleValue() / 2 + 1e-6 * number.abs().doubleValue();
    assertThat(actual).isCloseTo(number.doubleValue(), within(tolerance));
  }

  @ParameterizedTest
  @CsvSource({
    "linear-300, 'linear(300, 1.0E-4, 0.02)'",
    "linear-1000, 'linear(1000, 1.0E-4, 0.02)'",
    "scaled-linear-1000, 'scaledLinear(1000, 8.5E-4, 0.012)'",
    "squared-cosine-1000, squaredCosine(1000)"
  })
  void tablesEqualTorchBitForBit(String file, String name) throws IOException {
    NoiseSchedule schedule = NoiseSchedule.named(name);
    try (InputStream in = NoiseScheduleTest.class.getResourceAsStream(file + ".f32");
        DataInputStream table = new DataInputStream(in)) {
      for (int position = 0; position <= schedule.first(); position++) {
        double kept = table.readFloat();
        assertThat(schedule.at(position))
            .isEqualTo(NoiseLevel.of(Math.sqrt(kept), Math.sqrt(1 - kept), position));
      }
      assertThat(table.read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 4.128422e-5", "1, 4.614175e-5", "500, 3.155692e-3", "998, .7499994", "999, .999"})
  void cosineBetas(int position, String beta) {
    NoiseSchedule schedule = NoiseSchedule.squaredCosine(1000);
    double ratio = alphaBar(schedule, position) / alphaBar(schedule, position - 1);
    // The quotient of two float32 table entries has an error of 2⁻²³ where β is small.
    double expected = Double.parseDouble(beta);
    assertThat(1 - ratio).isCloseTo(expected, within(1e-6 * expected + 0x1p-23));
  }

  @ParameterizedTest
  @CsvSource({
    COSINE + ", 0, .999958694",
    COSINE + ", 30, .996465743",
    COSINE + ", 60, .988636553",
    COSINE + ", 90, .976539314",
    COSINE + ", 240, .856976807",
    COSINE + ", 250, .845888019",
    COSINE + ", 390, .660822272",
    COSINE + ", 500, .492285043",
    COSINE + ", 540, .430171609",
    COSINE + ", 690, .214523003",
    COSINE + ", 750, .143178657",
    COSINE + ", 840, .0601554289",
    COSINE + ", 900, .0236161072",
    COSINE + ", 960, .00368961086",
    COSINE + ", 990, 1.9671733e-4",
    COSINE + ", 999, 2.42873499e-9",
    "'linear(300, 1e-4, .02)', 0, .999899983",
    "'linear(300, 1e-4, .02)', 1, .999733448",
    "'linear(300, 1e-4, .02)', 75, .820681512",
    "'linear(300, 1e-4, .02)', 150, .462345243",
    "'linear(300, 1e-4, .02)', 225, .178446367",
    "'linear(300, 1e-4, .02)', 299, .0480584279",
    "'linear(1000, 1e-4, .02)', 250, .521422982",
    "'linear(1000, 1e-4, .02)', 500, .0777966529",
    "'linear(1000, 1e-4, .02)', 999, 4.03583035e-5",
    "'" + STABLE + "', 500, .276332468",
    "'" + STABLE + "', 999, .00466009509"
  })
  void publishedProducts(String schedule, int position, String expected) {
    assertPrinted(alphaBar(NoiseSchedule.named(schedule), position), expected);
  }

  @ParameterizedTest
  @CsvSource({
    "250, .91972171, .39257099",
    "500, .70163028, .71254120",
    "750, .37838956, .92564645"
  })
  void forwardProcess(int position, String signal, String noise) {
    NoiseLevel level = NoiseSchedule.squaredCosine(1000).at(position);
    assertPrinted(level.signal(), signal);
    assertPrinted(level.noise(), noise);
    Tensor clean = TestTensors.noise(1, Shape.images(2, 3, 8, 8));
    Tensor fresh = TestTensors.noise(2, Shape.images(2, 3, 8, 8));
    TestTensors.assertClose(
        PredictionType.EPSILON.split(level.mix(clean, fresh), fresh, level).clean(), clean, 1e-5);
  }

  @Test
  void stableDiffusionsNoiseInUnitsOfTheSignal() {
    NoiseSchedule schedule = NoiseSchedule.named(STABLE);
    assertPrinted(schedule.at(999).noise() / schedule.at(999).signal(), "14.6146469");
    assertPrinted(schedule.at(0).noise() / schedule.at(0).signal(), ".0291675");
  }

  @Test
  void beforeTheFirstStepTheImageIsClean() {
    assertThat(NoiseSchedule.squaredCosine(1000).at(-1)).isEqualTo(NoiseLevel.of(1, 0, -1));
    assertThat(NoiseSchedule.rectifiedFlow().at(0)).isEqualTo(NoiseLevel.of(1, 0, 1));
    assertThat(NoiseSchedule.rectifiedFlow().at(1)).isEqualTo(NoiseLevel.of(0, 1, 0));
  }

  @ParameterizedTest
  @CsvSource({"rectifiedFlow", COSINE, "'linear(300, 1.0E-4, 0.02)'", "'" + STABLE + "'"})
  void aScheduleIsFoundByItsName(String name) {
    assertThat(NoiseSchedule.named(name)).hasToString(name);
  }

  @Test
  void aClockChangesTheTimeOnly() {
    NoiseSchedule plain = NoiseSchedule.linear(300, 1e-4, .02);
    assertThat(plain.timed(2, 1).at(150).time()).isEqualTo(301);
    NoiseLevel level = plain.timed(p -> p / 300).at(150);
    assertThat(level.time()).isEqualTo(.5);
    assertThat(level.signal()).isEqualTo(plain.at(150).signal());
    assertThat(level.noise()).isEqualTo(plain.at(150).noise());
  }

  @Test
  void aScheduleOfOneStepHasTheFirstBeta() {
    assertThat(alphaBar(NoiseSchedule.linear(1, .25, .5), 0)).isCloseTo(.75, within(1e-15));
  }

  @Test
  void wrongValuesAreNamed() {
    NoiseSchedule schedule = NoiseSchedule.squaredCosine(1000);
    for (double position : new double[] {-2, 1000, 3.5, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> schedule.at(position))
          .withMessageContaining("[-1, 999], got " + position);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NoiseSchedule.squaredCosine(0))
        .withMessage("steps must be in [1, 1000000], got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NoiseSchedule.linear(300, 0, .02))
        .withMessageContaining("(0, 1), got 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NoiseSchedule.scaledLinear(300, 1e-4, 1.2))
        .withMessageContaining("(0, 1), got 1.2");
    for (String name : new String[] {"cosine(5)", "linear(5)", "linear(x, 1, 2)", ""}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.named(name))
          .withMessageEndingWith("got " + name);
    }
  }
}
