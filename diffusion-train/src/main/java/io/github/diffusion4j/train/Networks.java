package io.github.diffusion4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.NetworkFamily;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What can be told of any network, and networks by their settings. */
public final class Networks {

  /** The library's own. */
  private static final Map<String, Function<Settings, Network>> OWN =
      new TreeMap<>(Map.of("ResidualUNet", ResidualUNet::of, "UNet", Networks::unet));

  private static final int SHORTEST_COLUMN = 14;

  private Networks() {}

  /**
   * The layers of a network in the order of their use: name, output for one image, trained
   * parameters; and their sum.
   *
   * @param network the network
   * @return a table of several lines
   * @throws IllegalArgumentException if its layers do not fit one another
   */
  public static String describe(Network network) {
    List<Outline.Layer> layers = Outline.layers(network);
    int longest = layers.stream().mapToInt(layer -> layer.name().length()).max().orElse(0);
    String row = "%-" + Math.max(SHORTEST_COLUMN, longest + 1) + "s %-14s %12s%n";
    StringBuilder table = new StringBuilder(row.formatted("layer", "output", "parameters"));
    long sum = 0;
    for (Outline.Layer layer : layers) {
      String output = layer.output().stream().map(String::valueOf).collect(Collectors.joining("×"));
      table.append(row.formatted(layer.name(), output, grouped(layer.trained())));
      sum += layer.trained();
    }
    return table.append(row.formatted("all", "", grouped(sum))).toString();
  }

  private static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /**
   * The network of some settings.
   *
   * @throws IllegalArgumentException if there is none, or its family makes others of them
   * @throws DiffusionException if a family cannot be loaded, or two have one name
   */
  static Network of(Settings settings) {
    String kind = settings.text("network");
    if (OWN.containsKey(kind)) {
      return OWN.get(kind).apply(settings);
    }
    NetworkFamily family = family(kind);
    Network network;
    try {
      network = Objects.requireNonNull(family.of(settings.map()), "network");
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalArgumentException(
          "family " + kind + " cannot build a network of " + settings.value() + ": " + e, e);
    }
    JsonNode built = Settings.asRead(network.settings());
    Checks.require(
        built.equals(settings.value()),
        () ->
            "family "
                + kind
                + " must build a network of equal settings from "
                + settings.value()
                + ", got "
                + built);
    return network;
  }

  /**
   * Checks that a network is what is built of its settings, and no other that has taken them over.
   *
   * @throws IllegalArgumentException if it is not
   */
  static void checkIsBuilt(Network network, Settings settings) {
    Class<?> built = of(settings).getClass();
    Checks.require(
        built == network.getClass(),
        () ->
            "a "
                + network.getClass().getName()
                + " of settings "
                + settings.value()
                + ", of which a "
                + built.getName()
                + " would be built");
  }

  private static NetworkFamily family(String kind) {
    Map<String, NetworkFamily> families = new TreeMap<>();
    try {
      for (NetworkFamily family : ServiceLoader.load(NetworkFamily.class)) {
        String name = family.name();
        NetworkFamily other = families.put(name, family);
        if (OWN.containsKey(name) || other != null) {
          throw new DiffusionException(
              "a NetworkFamily must have a name of its own, found "
                  + name
                  + " of "
                  + family.getClass().getName()
                  + (other == null ? "" : " and " + other.getClass().getName()));
        }
      }
    } catch (ServiceConfigurationError | NullPointerException e) {
      throw new DiffusionException("a NetworkFamily cannot be loaded or has no name: " + e, e);
    }
    return Optional.ofNullable(families.get(kind))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "network must be of "
                        + OWN.keySet()
                        + " or of a NetworkFamily that ServiceLoader finds, which are "
                        + families.keySet()
                        + ", got "
                        + kind));
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
