package io.github.diffusion4j.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Java processes of their own, with this one's class path. */
final class Child {

  private Child() {}

  /** Starts a program; what it says of errors is not looked at. */
  static Process start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    return start(List.of(), main, options, Map.of(), arguments);
  }

  /** Starts a program by another, which takes its command, with more environment variables. */
  static Process start(
      List<String> by,
      Class<?> main,
      List<String> options,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    List<String> command =
        Stream.of(
                by,
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                options,
                List.of("-cp", System.getProperty("java.class.path"), main.getName()),
                List.of(arguments))
            .flatMap(List::stream)
            .toList();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    return builder.start();
  }
}
