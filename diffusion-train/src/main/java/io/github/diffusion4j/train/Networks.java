package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.NetworkFamily;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Networks by their settings. */
final class Networks {

  private static final String UNET = "UNet";

  private Networks() {}

  /**
   * The network of some settings.
   *
   * @throws IllegalArgumentException if there is none
   * @throws DiffusionException if a family cannot be loaded
   */
  static Network of(Settings settings) {
    String kind = settings.text("network");
    if (kind.equals(UNET)) {
      return unet(settings);
    }
    List<NetworkFamily> families = families();
    NetworkFamily family =
        families.stream()
            .filter(f -> kind.equals(f.name()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "network must be UNet or of a NetworkFamily that is found, which are "
                            + families.stream().map(NetworkFamily::name).toList()
                            + ", got "
                            + kind));
    Map<String, Object> values = settings.map();
    try {
      return Objects.requireNonNull(family.of(values), "network");
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "family " + kind + " cannot build a network of " + values + ": " + e, e);
    }
  }

  private static List<NetworkFamily> families() {
    try {
      return ServiceLoader.load(NetworkFamily.class).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw new DiffusionException("a NetworkFamily cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static UNet unet(Settings settings) {
    UNet net =
        UNet.width(settings.whole("width"))
            .images(settings.whole("channels"), settings.whole("size"));
    String time = settings.text("time");
    if (!time.equals("NONE")) {
      net = net.time(UNet.TimeEffect.valueOf(time));
    }
    int classes = settings.whole("classes");
    return classes == 0 ? net : net.classes(classes);
  }
}
