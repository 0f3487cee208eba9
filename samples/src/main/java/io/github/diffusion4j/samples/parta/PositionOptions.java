package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import io.github.diffusion4j.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A picture that is noised to positions of the schedule, and what is made of it there. */
final class PositionOptions {

  @Mixin private ModelOptions options;

  @Option(names = "--image", description = "The picture.")
  private Path image = Path.of(ModelOptions.PHOTO);

  @Option(names = "--positions", split = ",", description = "The positions of the schedule.")
  private List<Integer> positions = List.of(250, 500, 750);

  /** What is made of a noisy picture. */
  interface Denoising {
    Tensor of(Pipeline<String> stage, Tensor noisy, int position);
  }

  /** Writes a column a position, the noisy picture above what is made of it; clean on the left. */
  void write(Denoising denoising, Map<String, String> settings) {
    try (DeepFloydIf model = options.open()) {
      Pipeline<String> stage = model.stage1();
      Tensor picture = ModelOptions.picture(stage, image);
      List<Tensor> columns = new ArrayList<>(List.of(Tensors.concat(List.of(picture, picture))));
      for (int position : positions) {
        Tensor noisy = stage.noised(picture, position, Noise.perImage(options.seed()));
        columns.add(Tensors.concat(List.of(noisy, denoising.of(stage, noisy, position))));
      }
      Map<String, String> all = new LinkedHashMap<>(settings);
      all.put("positions", positions.toString());
      options.write(columns, List.of(all));
    }
  }
}
