package io.github.diffusion4j.onnx.model;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model folders that are not what they should be. */
class BrokenFolderTest {

  @TempDir Path folder;

  private ModelCopy copy;

  @BeforeEach
  void copy() throws IOException {
    copy = ModelCopy.in(folder);
  }

  private void assertRefused(String... texts) {
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> DeepFloydIf.open(folder).close())
        .satisfies(e -> org.assertj.core.api.Assertions.assertThat(e.getMessage()).contains(texts));
  }

  private void replace(String file, String old, String by) throws IOException {
    copy.replace(file, old, by);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scheduler | expected component scheduler | no such folder",
        "unet | expected component unet | no such folder",
        "text_encoder | expected component text_encoder | no such folder",
        "tokenizer | expected component tokenizer | no such folder",
        "unet/model.onnx | model.onnx | no such file",
        "unet/config.json | config.json | no such file",
        "model_index.json | model_index.json | found neither",
        "tokenizer/tokenizer.json | tokenizer | tokenizer.json"
      })
  void whatIsMissingIsNamed(String missing, String expected, String found) throws IOException {
    copy.delete(missing);
    assertRefused(expected, found);
  }

  @Test
  void componentsLeadNowhereElse() throws IOException {
    replace("model_index.json", "\"unet\"", "\"../unet\"");
    assertRefused("model_index.json", "names of components", "\"../unet\"");
    Files.delete(folder.resolve("model_index.json"));
    Files.writeString(
        folder.resolve("model_index.json"),
        "{\"_class_name\": \"IFPipeline\", \"/etc\": [\"a\", \"b\"]}");
    assertRefused("names of components", "\"/etc\"");
  }

  @Test
  void jsonThatIsNoneIsNamedWithItsPlace() throws IOException {
    Files.writeString(folder.resolve("scheduler/scheduler_config.json"), "{\"_class_name\": ");
    assertRefused("scheduler_config.json", "expected JSON", "line 1");
    Files.writeString(folder.resolve("scheduler/scheduler_config.json"), "[]");
    assertRefused("expected a JSON object, found ARRAY");
    Files.writeString(folder.resolve("scheduler/scheduler_config.json"), "{} more");
    assertRefused("scheduler_config.json", "expected JSON");
    Files.writeString(folder.resolve("scheduler/scheduler_config.json"), "{\"a\": 1, \"a\": 2}");
    assertRefused("scheduler_config.json", "Duplicate field 'a'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"DDPMScheduler\" | \"HeunScheduler\" | one of DDIMInverseScheduler, DDIMScheduler, DDPMScheduler",
        "\"DDPMScheduler\" | 3 | _class_name to be a text, found 3",
        "\"squaredcos_cap_v2\" | \"root\" | linear, scaled_linear, squaredcos_cap_v2, sigmoid, laplace, found \"root\"",
        "\"learned_range\" | \"learned\" | fixed_small, fixed_small_log, fixed_large, learned_range, found \"learned\"",
        "\"epsilon\" | \"score\" | epsilon, sample, v_prediction, found \"score\"",
        "\"leading\" | \"karras\" | leading, linspace, trailing, found \"karras\"",
        "\"steps_offset\": 0 | \"steps_offset\": -1 | steps_offset to be at least 0, found -1",
        "\"steps_offset\": 0 | \"steps_offset\": 0.5 | steps_offset to be a whole number, found 0.5",
        "\"sample_max_value\": 1.5 | \"sample_max_value\": 0.5 | must be at least 1 and finite, got 0.5",
        "\"trained_betas\": null | \"trained_betas\": [1.5] | as many as num_train_timesteps 1000, found 1",
        "\"steps_offset\": 0 | \"steps_offset\": 0, \"use_karras_sigmas\": true | use_karras_sigmas",
        "\"steps_offset\": 0 | \"steps_offset\": 0, \"rescale_betas_zero_snr\": 1 | rescale_betas_zero_snr to be true or false, found 1",
        "\"num_train_timesteps\": 1000 | \"num_train_timesteps\": 0 | steps must be in [1, 1000000], got 0"
      })
  void fieldsOfTheSchedulerAreHonouredOrRefused(String old, String by, String text)
      throws IOException {
    replace("scheduler/scheduler_config.json", old, by);
    assertRefused("scheduler_config.json", text);
  }

  @Test
  void fieldsThatDoNothingAreAccepted() throws IOException {
    replace(
        "scheduler/scheduler_config.json",
        "\"steps_offset\": 0",
        "\"steps_offset\": 0, \"_note\": [1], \"skip_prk_steps\": false, \"sigma_min\": null,"
            + " \"set_alpha_to_one\": true, \"solver_order\": 2");
    DeepFloydIf.open(folder).close();
  }

  @Test
  void graphsOfOtherChannelsAreRefused() throws IOException {
    replace("unet/config.json", "\"in_channels\": 3", "\"in_channels\": 4");
    assertRefused("unet/config.json", "input sample to have 4 channels, found 3");
    replace("unet/config.json", "\"in_channels\": 4", "\"in_channels\": 3");
    replace("unet/config.json", "\"out_channels\": 6", "\"out_channels\": 3");
    assertRefused("unet/config.json");
  }

  @Test
  void damagedGraphsAreRefused() throws IOException {
    byte[] graph = Files.readAllBytes(folder.resolve("unet/model.onnx"));
    Files.write(folder.resolve("unet/model.onnx"), java.util.Arrays.copyOf(graph, 5000));
    assertRefused("model.onnx", "does not load");
  }

  @Test
  void latentModelsAreRefusedByName() throws IOException {
    replace("model_index.json", "{", "{\"vae\": [\"diffusers\", \"AutoencoderKL\"],");
    assertRefused("expected a pixel model, found a latent one", "VAE");
  }

  @Test
  void stagesThatAreNoFoldersAndTwoOfAKindAreNamed(@TempDir Path both) throws IOException {
    Files.createSymbolicLink(both.resolve("stage1"), folder);
    Path second = Files.writeString(both.resolve("stage2"), "no folder");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> DeepFloydIf.open(both).close())
        .withMessageContaining("stage2: expected a model folder, found a file");
    Files.delete(second);
    Files.createSymbolicLink(second, folder);
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> DeepFloydIf.open(both).close())
        .withMessageContaining("one stage I (3 in_channels) and one stage II (6), found two");
  }

  @Test
  void filesAndNothingAreNoFolders() throws IOException {
    Path file = folder.resolve("model_index.json");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> DeepFloydIf.open(file))
        .withMessageContaining("expected a model folder, found a file");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> DeepFloydIf.open(folder.resolve("none")))
        .withMessageContaining("found nothing");
  }
}
