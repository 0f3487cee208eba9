package io.github.diffusion4j.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Java processes of their own, with this one's class path. */
final class Child {

  private Child() {}

  /** Starts a program; what it says of errors is not looked at. */
  static Process start(Class<?> main, List<String> options, String argument) throws IOException {
    return start(List.of(), main, options, argument);
  }

  /** Starts a program by another, which takes its command. */
  static Process start(List<String> by, Class<?> main, List<String> options, String argument)
      throws IOException {
    List<String> command =
        Stream.of(
                by,
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                options,
                List.of("-cp", System.getProperty("java.class.path"), main.getName(), argument))
            .flatMap(List::stream)
            .toList();
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
