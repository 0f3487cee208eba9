package io.github.diffusion4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Java block that a reader could paste compiles against the library. */
class SnippetsTest {

  @TempDir private Path classes;

  /** A fenced block of a page. */
  record Snippet(Path page, int line, String code) {

    @Override
    public String toString() {
      return page.getFileName() + ":" + line;
    }

    /** The block as a source file: its imports, and its statements in a method. */
    String source() {
      if (code.lines().anyMatch(l -> l.matches("public (final )?class .*"))) {
        return code;
      }
      String imports =
          code.lines().filter(l -> l.startsWith("import ")).collect(Collectors.joining("\n"));
      String body =
          code.lines().filter(l -> !l.startsWith("import ")).collect(Collectors.joining("\n"));
      return imports + "\nclass Snippet { void run() throws Exception {\n" + body + "\n} }";
    }
  }

  static List<Snippet> snippets() throws IOException {
    List<Snippet> all = new ArrayList<>();
    for (Path page : Pages.all()) {
      collect(page, all);
    }
    return all;
  }

  private static void collect(Path page, List<Snippet> into) throws IOException {
    List<String> lines = Files.readAllLines(page);
    int start = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (start < 0 && lines.get(i).strip().equals("```java")) {
        start = i + 1;
      } else if (start >= 0 && lines.get(i).strip().equals("```")) {
        into.add(new Snippet(page, start + 1, String.join("\n", lines.subList(start, i))));
        start = -1;
      }
    }
  }

  @Test
  void thereAreSnippets() throws IOException {
    assertThat(snippets()).anyMatch(s -> s.page().endsWith("README.md"));
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void compiles(Snippet snippet) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean ok =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of(
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-proc:none"),
                null,
                List.of(new Source(snippet)))
            .call();
    assertThat(ok).as("%s%n%s", snippet, messages).isTrue();
  }

  private static final class Source extends SimpleJavaFileObject {

    private final Snippet snippet;

    Source(Snippet snippet) {
      super(URI.create("string:///" + name(snippet) + ".java"), JavaFileObject.Kind.SOURCE);
      this.snippet = snippet;
    }

    private static String name(Snippet snippet) {
      java.util.regex.Matcher matcher =
          java.util.regex.Pattern.compile("public (?:final )?class (\\w+)")
              .matcher(snippet.source());
      return matcher.find() ? matcher.group(1) : "Snippet";
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return snippet.source();
    }
  }
}
