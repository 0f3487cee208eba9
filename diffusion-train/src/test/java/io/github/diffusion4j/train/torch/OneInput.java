package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.util.List;
import java.util.Map;

/** A network that is given images alone and has no settings. */
interface OneInput extends Network {

  /** The shape of an image. */
  List<Integer> image();

  @Override
  default List<Input> inputs() {
    return List.of(new Input(Input.SAMPLE, image()));
  }

  @Override
  default Map<String, Object> settings() {
    return Map.of();
  }
}
