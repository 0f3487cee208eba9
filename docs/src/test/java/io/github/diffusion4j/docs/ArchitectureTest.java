package io.github.diffusion4j.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseSchedule;
import io.github.diffusion4j.Projection;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import io.github.diffusion4j.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page on the architecture says of packages and state. */
class ArchitectureTest {

  private static final String BASE = "io.github.diffusion4j";

  private static final JavaClasses LIBRARY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackagesOf(Scheduler.class, OnnxDenoiser.class, Trainer.class);

  /** Every package is a slice of its own, the one at the root too. */
  private static final class Packages implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return type.getPackageName().startsWith(BASE)
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  @Test
  void allModulesAreLookedAt() {
    assertThat(LIBRARY.contain(Scheduler.class)).isTrue();
    assertThat(LIBRARY.contain(OnnxDenoiser.class)).isTrue();
    assertThat(LIBRARY.contain(Trainer.class)).isTrue();
    assertThat(LIBRARY.contain(BASE + ".image.Png")).isTrue();
    assertThat(LIBRARY.contain(BASE + ".train.torch.Engine")).isTrue();
  }

  @Test
  void packagesHaveNoCycles() {
    slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(LIBRARY);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Guidance.class,
        Noise.class,
        NoiseSchedule.class,
        Projection.class,
        Scheduler.class,
        Spacing.class
      })
  void partsOfTheLoopHaveNoStateThatChanges(Class<?> part) {
    classes().that().implement(part).should().haveOnlyFinalFields().check(LIBRARY);
  }
}
