package io.github.diffusion4j.samples;

import java.util.List;

/** A page of figures. */
final class Page {

  private Page() {}

  /** A picture beside the page, and what it shows. */
  record Figure(String file, String caption) {}

  static String html(String title, List<Figure> figures) {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
        .append(escaped(title))
        .append("</title>\n<style>\n")
        .append("body { font: 16px/1.5 system-ui, sans-serif; max-width: 800px; margin: 2em auto; ")
        .append("padding: 0 1em; color: #222; background: #fff }\n")
        .append("figure { margin: 2em 0 } img { max-width: 100%; image-rendering: pixelated }\n")
        .append("figcaption { color: #555; overflow-wrap: anywhere }\n")
        .append("</style>\n</head>\n<body>\n<h1>")
        .append(escaped(title))
        .append("</h1>\n");
    for (Figure figure : figures) {
      page.append("<figure>\n<img src=\"")
          .append(figure.file())
          .append("\" alt=\"")
          .append(escaped(figure.caption()))
          .append("\">\n<figcaption>")
          .append(escaped(figure.caption()))
          .append("</figcaption>\n</figure>\n");
    }
    return page.append("</body>\n</html>\n").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
