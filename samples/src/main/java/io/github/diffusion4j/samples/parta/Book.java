package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.image.Strip;
import io.github.diffusion4j.pipeline.Request;
import io.github.diffusion4j.samples.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The page of part A in the making: runs requests, tells how far they are, and keeps their words
 * for the next figure. Not for several threads at once.
 */
final class Book {

  static final String INDEX = "index.html";

  private static final double SECONDS_BETWEEN_LINES = 10;

  private final Path folder;
  private final Page page;
  private final long begin = System.nanoTime();
  private final List<Map<String, String>> told = new ArrayList<>();
  private double lastLine;

  Book(Path folder, String title) {
    this.folder = folder;
    this.page = new Page(title);
  }

  void part(String heading) {
    page.heading(heading);
    line(heading);
  }

  /** Runs a request, whose words go into the next figure. */
  Tensor run(Request<String> request) {
    return run(request, frame -> {});
  }

  /** Runs a request and looks at its way. */
  Tensor run(Request<String> request, Consumer<Frame> onFrame) {
    tell(request.settings());
    return request.onFrame(frame -> progress(frame, onFrame)).tensor();
  }

  private void progress(Frame frame, Consumer<Frame> onFrame) {
    onFrame.accept(frame);
    if (seconds() - lastLine > SECONDS_BETWEEN_LINES) {
      line("  step " + frame.index() + " of " + frame.steps());
    }
  }

  /** Words for the next figure. */
  void tell(Map<String, String> settings) {
    told.add(settings);
  }

  /** A figure of batches as columns, a row for each image. */
  void figure(String name, List<Tensor> columns, String caption) {
    String file = name + ".png";
    ModelOptions.write(folder.resolve(file), Strip.of(columns), ModelOptions.merged(told));
    told.clear();
    page.figure(file, caption);
    write();
    line("  " + file);
  }

  /** The page so far, as runs may take hours and be ended before the last. */
  private void write() {
    try {
      Files.writeString(folder.resolve(INDEX), page.html());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  private void line(String text) {
    lastLine = seconds();
    System.err.printf("%7.1f s  %s%n", lastLine, text);
  }
}
