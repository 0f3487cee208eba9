package io.github.diffusion4j.train.net;

import java.util.Map;

/**
 * A kind of network that checkpoints can name, so that its runs can be gone on with and its
 * networks opened again.
 *
 * <p>Families of one's own are found by {@link java.util.ServiceLoader}, with the context class
 * loader of the thread that starts, resumes or opens a run: as {@code provides} in a module, or on
 * the class path by a file {@code META-INF/services/io.github.diffusion4j.train.net.NetworkFamily}
 * that holds the class's name. The class has a public constructor without parameters.
 */
public interface NetworkFamily {

  /**
   * The family's name, which its networks have as the entry {@code network} of their settings.
   *
   * @return the name, which no other family has, nor {@code UNet} or {@code ResidualUNet}
   */
  String name();

  /**
   * Builds a network again.
   *
   * @param settings what {@link Network#settings()} gave, as JSON keeps it: texts, whole numbers as
   *     {@code Integer} if they fit, other numbers as {@code Double}, booleans, lists and maps
   * @return the network, of settings that are equal as JSON
   * @throws IllegalArgumentException if the settings are not those of such a network
   */
  Network of(Map<String, Object> settings);
}
