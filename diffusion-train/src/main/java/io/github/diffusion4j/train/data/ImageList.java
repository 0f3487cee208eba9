package io.github.diffusion4j.train.data;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The image files of a folder, class by class, each class by name.
 *
 * @param folder the folder
 * @param files its image files
 * @param labels the class of each
 * @param classes the names of the classes
 */
record ImageList(Path folder, List<Path> files, List<Integer> labels, List<String> classes) {

  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  /** The images in sub-folders, each of which is a class, or in a folder without sub-folders. */
  static ImageList in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw bad(folder, "a folder", Files.exists(folder) ? "a file" : "none");
    }
    List<Path> beside = find(folder, 1, ImageList::isImage);
    List<Path> folders = find(folder, 1, Files::isDirectory);
    if (!beside.isEmpty() && !folders.isEmpty()) {
      throw bad(
          folder,
          "all images in sub-folders or none",
          beside.get(0).getFileName() + " beside sub-folder " + folders.get(0).getFileName());
    }
    ImageList list = new ImageList(folder, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    (folders.isEmpty() ? List.of(folder) : folders).forEach(list::addClass);
    return list;
  }

  private void addClass(Path of) {
    List<Path> images = find(of, Integer.MAX_VALUE, ImageList::isImage);
    if (images.isEmpty()) {
      int others = find(of, Integer.MAX_VALUE, Files::isRegularFile).size();
      throw bad(of, "files that end in " + String.join(", ", ENDINGS), others + " other files");
    }
    files.addAll(images);
    labels.addAll(Collections.nCopies(images.size(), classes.size()));
    classes.add(nameOf(of));
  }

  /** The name of a folder; empty for that of a whole file system. */
  static String nameOf(Path folder) {
    return Optional.ofNullable(folder.toAbsolutePath().normalize().getFileName())
        .map(Path::toString)
        .orElse("");
  }

  private static List<Path> find(Path folder, int depth, Predicate<Path> wanted) {
    try (Stream<Path> all = Files.walk(folder, depth, FileVisitOption.FOLLOW_LINKS)) {
      return all.filter(path -> !path.equals(folder) && !isHidden(folder.relativize(path)))
          .filter(wanted)
          .sorted(Comparator.comparing(path -> name(folder, path)))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new DiffusionException("image folder " + folder + " cannot be read: " + e, e);
    }
  }

  private static boolean isHidden(Path path) {
    return names(path).anyMatch(name -> name.startsWith("."));
  }

  private static boolean isImage(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(path);
  }

  private static Stream<String> names(Path path) {
    return StreamSupport.stream(path.spliterator(), false).map(Path::toString);
  }

  private static String name(Path folder, Path file) {
    return String.join("/", names(folder.relativize(file)).toList());
  }

  /** The path of an image below the folder, its parts separated by slashes. */
  String name(int index) {
    return name(folder, files.get(index));
  }

  /** The exception for something wrong in this folder. */
  DiffusionException bad(String expected, String found) {
    return bad(folder, expected, found);
  }

  private static DiffusionException bad(Path folder, String expected, String found) {
    return new DiffusionException(
        "image folder " + folder + ": expected " + expected + ", found " + found);
  }
}
