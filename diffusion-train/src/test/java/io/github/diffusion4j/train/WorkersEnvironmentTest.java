package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.DiffusionException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a worker is told by its environment. */
class WorkersEnvironmentTest {

  private static final Map<String, String> GOOD =
      Map.of(
          "RANK", "1", "WORLD_SIZE", "2", "MASTER_ADDR", "first.example", "MASTER_PORT", "29500");

  @Test
  void launcherThatListensItselfIsMetAtItsPartOfTheStore() {
    Map<String, String> environment =
        new TreeMap<>(
            Map.of(
                "RANK",
                "0",
                "WORLD_SIZE",
                "2",
                "MASTER_ADDR",
                "localhost",
                "MASTER_PORT",
                "29500"));
    assertThat(Workers.from(environment).settings().attempt()).isEmpty();
    environment.put("TORCHELASTIC_USE_AGENT_STORE", "True");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Workers.from(environment))
        .withMessageContaining("TORCHELASTIC_RESTART_COUNT");
    environment.put("TORCHELASTIC_RESTART_COUNT", "3");
    assertThat(Workers.from(environment).settings().attempt()).contains("3");
  }

  @Test
  void environmentTellsAWorkersPlace() {
    Workers expected = Workers.of(1, 2, "first.example", 29500);
    assertThat(Workers.from(GOOD)).isEqualTo(expected);
    Map<String, String> local = new TreeMap<>(GOOD);
    local.put("LOCAL_RANK", "1");
    assertThat(Workers.from(local)).isEqualTo(expected.localRank(1)).isNotEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "RANK, , \"a whole number in [0, 1], found none\"",
        "RANK, 2, \"a whole number in [0, 1], found '2'\"",
        "RANK, -1, \"a whole number in [0, 1], found '-1'\"",
        "RANK, one, \"a whole number in [0, 1], found 'one'\"",
        "WORLD_SIZE, , \"a whole number in [1, 2147483647], found none\"",
        "WORLD_SIZE, 0, \"a whole number in [1, 2147483647], found '0'\"",
        "MASTER_ADDR, , \"the host of worker 0, found none\"",
        "MASTER_ADDR, \" \", \"the host of worker 0, found a blank\"",
        "MASTER_PORT, , \"a whole number in [1, 65535], found none\"",
        "MASTER_PORT, 65536, \"a whole number in [1, 65535], found '65536'\"",
        "LOCAL_RANK, 2, \"a whole number in [0, 1], found '2'\"",
        "LOCAL_RANK, gpu, \"a whole number in [0, 1], found 'gpu'\"",
      })
  void wrongVariableIsNamedWithWhatIsExpectedAndFound(String name, String value, String message) {
    Map<String, String> environment = new TreeMap<>(GOOD);
    if (value == null) {
      environment.remove(name);
    } else {
      environment.put(name, value);
    }
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Workers.from(environment))
        .withMessage("environment variable " + name + " must be " + message);
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Workers.of(2, 2, "localhost", 29500));
    assertThatIllegalArgumentException().isThrownBy(() -> Workers.of(0, 0, "localhost", 29500));
    assertThatIllegalArgumentException().isThrownBy(() -> Workers.of(0, 2, " ", 29500));
    assertThatIllegalArgumentException().isThrownBy(() -> Workers.of(0, 2, "localhost", 0));
    Workers workers = Workers.alone();
    assertThatIllegalArgumentException().isThrownBy(() -> workers.localRank(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> workers.timeout(Duration.ZERO))
        .withMessageContaining("got PT0S");
  }
}
