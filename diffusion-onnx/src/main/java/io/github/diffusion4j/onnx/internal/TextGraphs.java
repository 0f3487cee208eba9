package io.github.diffusion4j.onnx.internal;

import java.nio.file.Path;

/**
 * Opens graphs of text encoders. Whoever can, which is {@code Provider}, says so when its class is
 * initialized, which is before anybody has a provider to open a graph on.
 */
public final class TextGraphs {

  private static volatile Opener opener =
      (file, tokens, provider) -> {
        throw new IllegalStateException("nothing opens graphs on " + provider);
      };

  private TextGraphs() {}

  /** Opens a graph. */
  @FunctionalInterface
  public interface Opener {

    /**
     * Opens a graph.
     *
     * @param file an ONNX file
     * @param tokens how many tokens a prompt has
     * @param provider a {@code Provider}, whose package depends on this one
     * @return the graph
     */
    TextGraph open(Path file, int tokens, Object provider);
  }

  /**
   * Says who opens graphs.
   *
   * @param opener who opens graphs from now on
   */
  public static void openedBy(Opener opener) {
    TextGraphs.opener = opener;
  }

  /**
   * Opens a graph.
   *
   * @param file an ONNX file
   * @param tokens how many tokens a prompt has
   * @param provider a {@code Provider}
   * @return the graph
   * @throws io.github.diffusion4j.DiffusionException if it is not the graph of a text encoder, or
   *     the provider cannot be used
   */
  public static TextGraph open(Path file, int tokens, Object provider) {
    return opener.open(file, tokens, provider);
  }
}
