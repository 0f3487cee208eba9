package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a run's steps that somebody has changed. */
class StepLogTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir Path folder;

  private Path losses() {
    return folder.resolve("loss.csv");
  }

  private String epoch() throws IOException {
    try (Trainer trainer = Trainer.startOrResume(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
    }
    return Files.readString(losses());
  }

  @Test
  void lossesThatAreGoneAreThoseOfTheOtherFile() throws IOException {
    String first = epoch();
    Files.writeString(losses(), first.substring(0, first.length() / 2));
    String second = epoch();
    assertThat(second).startsWith(first).hasLineCount(7);
    Files.delete(losses());
    assertThat(epoch()).startsWith(second).hasLineCount(10);
  }

  @Test
  void aRunWhoseLossesAreInNeitherFileIsRefused() throws IOException {
    epoch();
    Files.writeString(losses(), "step,loss\n1,0.5\n");
    Path metrics = folder.resolve("metrics.jsonl");
    String lost = Files.readString(metrics).replace("\"loss\":", "\"lost\":");
    Files.writeString(metrics, lost);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(this::epoch)
        .withMessageContaining(
            "must have the losses of 3 steps, or metrics.jsonl, found none in place of that of"
                + " step 2");
    assertThat(losses()).hasContent("step,loss\n1,0.5\n");
    assertThat(metrics).hasContent(lost);

    Files.delete(losses());
    Files.delete(metrics);
    assertThatExceptionOfType(DiffusionException.class).isThrownBy(this::epoch);
    assertThat(losses()).doesNotExist();
    assertThat(metrics).doesNotExist();
  }

  /** An editor writes another file of the name. */
  @Test
  void theRunGoesOnWhenTheFileIsExchangedInTheMiddle() throws IOException {
    String whole;
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
      whole = Files.readString(losses());
      Files.delete(losses());
      Files.writeString(losses(), "step,loss\nsomething else\n");
      trainer.iterator().next().forEach(step -> {});
    }
    assertThat(epoch()).startsWith(whole).hasLineCount(10);
  }

  @Test
  void linesThatSomebodyWritesAreNotDrawn() throws IOException {
    try (Trainer trainer = Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
      Files.writeString(losses(), "step,loss\n\n\n");
      trainer.iterator().next().forEach(step -> {});
    }
    assertThat(folder.resolve("loss.svg")).content().doesNotContain("NaN");
    assertThat(epoch()).hasLineCount(10);
  }

  @Test
  void aCheckpointIsWhatItsNameSays() throws IOException {
    epoch();
    epoch();
    Files.move(folder.resolve("epoch-0002.safetensors"), folder.resolve("epoch-0007.safetensors"));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(this::epoch)
        .withMessageContaining("must be what its name says, found the checkpoint epoch-0002");
  }
}
