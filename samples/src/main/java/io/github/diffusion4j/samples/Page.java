package io.github.diffusion4j.samples;

/** A page of figures under headings. Not for several threads at once. */
public final class Page {

  private final String title;
  private final StringBuilder body = new StringBuilder();

  /**
   * An empty page.
   *
   * @param title the title
   */
  public Page(String title) {
    this.title = title;
  }

  /**
   * Begins a part.
   *
   * @param text what it is called
   */
  public void heading(String text) {
    body.append("<h2>").append(escaped(text)).append("</h2>\n");
  }

  /**
   * Adds a paragraph.
   *
   * @param text what it says
   */
  public void paragraph(String text) {
    body.append("<p>").append(escaped(text)).append("</p>\n");
  }

  /**
   * Adds a picture.
   *
   * @param file a file beside the page
   * @param caption what it shows
   */
  public void figure(String file, String caption) {
    body.append("<figure>\n<img src=\"")
        .append(escaped(file))
        .append("\" alt=\"")
        .append(escaped(caption))
        .append("\">\n<figcaption>")
        .append(escaped(caption))
        .append("</figcaption>\n</figure>\n");
  }

  /**
   * Adds a link.
   *
   * @param file a page beside this one
   * @param text what it is
   */
  public void link(String file, String text) {
    body.append("<p><a href=\"")
        .append(escaped(file))
        .append("\">")
        .append(escaped(text))
        .append("</a></p>\n");
  }

  /** The page so far. */
  public String html() {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>"
        + escaped(title)
        + "</title>\n<style>\n"
        + "body { font: 16px/1.5 system-ui, sans-serif; max-width: 800px; margin: 2em auto; "
        + "padding: 0 1em; color: #222; background: #fff }\n"
        + "h2 { margin-top: 2.5em } figure { margin: 2em 0 }\n"
        + "img { max-width: 100%; min-width: min(100%, 560px); image-rendering: pixelated }\n"
        + "figcaption, p { color: #555; overflow-wrap: anywhere }\n"
        + "</style>\n</head>\n<body>\n<h1>"
        + escaped(title)
        + "</h1>\n"
        + body
        + "</body>\n</html>\n";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
