package io.github.diffusion4j.onnx.model;

import io.github.diffusion4j.DiffusionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder with a {@code model_index.json} and components in folders of their own, as diffusers and
 * optimum write it.
 *
 * @param folder the folder
 * @param pipeline the class of diffusers' pipeline
 * @param components the names of the components that are not null
 */
record ModelFolder(Path folder, String pipeline, List<String> components) {

  static final String INDEX = "model_index.json";

  static ModelFolder read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DiffusionException(
          folder
              + ": expected a model folder, found "
              + (Files.exists(folder) ? "a file" : "nothing"));
    }
    JsonObject json = JsonObject.read(folder.resolve(INDEX));
    String pipeline = json.text("_class_name");
    List<String> components =
        json.fields().keySet().stream()
            .filter(name -> !name.startsWith("_"))
            .filter(name -> json.get(name).isArray() && !json.get(name).path(1).isNull())
            .toList();
    components.forEach(name -> checkName(json, name));
    return new ModelFolder(folder, pipeline, components);
  }

  /** A component is a folder in this one: its name leads nowhere else. */
  private static void checkName(JsonObject json, String name) {
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw new DiffusionException(
          json.file()
              + ": expected names of components made of letters, digits, _, . and -, found \""
              + name
              + "\"");
    }
  }

  boolean has(String component) {
    return components.contains(component);
  }

  /** The folder of a component. */
  Path component(String name) {
    Path path = folder.resolve(name);
    if (!has(name) || !Files.isDirectory(path)) {
      throw new DiffusionException(
          folder
              + ": expected component "
              + name
              + ", found "
              + (has(name) ? "its name in " + INDEX + " but no such folder" : components));
    }
    return path;
  }
}
