package io.github.diffusion4j.samples.parta;

import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.image.Masks;
import io.github.diffusion4j.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The figures of parts 1.7 to 1.7.3, in which pictures are changed. */
final class EditFigures {

  private static final List<Integer> LEVELS = List.of(1, 3, 5, 7, 10, 20);

  private static final String FROM =
      LEVELS.stream().map(String::valueOf).collect(Collectors.joining(", ", "from levels ", ""));

  private final Pipeline<String> course;
  private final Book book;
  private final Pictures pictures;
  private final long seed;

  EditFigures(Pipeline<String> course, Book book, Pictures pictures, long seed) {
    this.course = course;
    this.book = book;
    this.pictures = pictures;
    this.seed = seed;
  }

  void write() {
    edits("1.7", "SDEdit: photos", pictures.photos());
    edits("1.7.1", "SDEdit: a picture from the web, and two drawings", pictures.others());
    inpainting();
    textConditional();
  }

  private Tensor read(List<Path> files) {
    return Tensors.concat(files.stream().map(file -> ModelOptions.picture(course, file)).toList());
  }

  private void edits(String number, String what, List<Path> files) {
    book.part(number + " " + what);
    Tensor originals = read(files);
    book.tell(Pictures.told(files));
    List<Tensor> columns = new ArrayList<>();
    for (int level : LEVELS) {
      columns.add(
          book.run(
              course
                  .edit(originals, level, ModelOptions.HIGH_QUALITY)
                  .count(files.size())
                  .seed(seed)));
    }
    columns.add(originals);
    book.figure(
        number + "-edits",
        columns,
        "As " + ModelOptions.HIGH_QUALITY + " " + FROM + ", and the pictures themselves.");
  }

  private void inpainting() {
    book.part("1.7.2 Inpainting");
    Tensor originals = read(pictures.photos());
    book.tell(Pictures.told(pictures.photos()));
    Tensor masks =
        Tensors.concat(
            pictures.masks().stream()
                .map(file -> Masks.read(file, ModelOptions.side(course)))
                .toList());
    Tensor filled =
        book.run(
            course
                .inpaint(originals, masks, ModelOptions.HIGH_QUALITY)
                .count(pictures.photos().size())
                .seed(seed));
    Tensor holes = Tensors.blend(masks, Tensors.mix(0, originals, 0, originals), originals);
    book.figure(
        "1.7.2-inpainting",
        List.of(originals, holes, filled),
        "The pictures, what of them is taken out, and with new content there.");
  }

  private void textConditional() {
    book.part("1.7.3 Text-conditional image-to-image");
    List<String> prompts = List.of(CoursePrompts.ROCKET, CoursePrompts.DOG, CoursePrompts.PENCIL);
    for (int i = 0; i < prompts.size(); i++) {
      Path photo = pictures.photos().get(i);
      Tensor original = ModelOptions.picture(course, photo);
      book.tell(Pictures.told(List.of(photo)));
      List<Tensor> columns = new ArrayList<>();
      for (int level : LEVELS) {
        columns.add(book.run(course.edit(original, level, prompts.get(i)).seed(seed)));
      }
      columns.add(original);
      book.figure("1.7.3-text-" + (i + 1), columns, "\"" + prompts.get(i) + "\" " + FROM + ".");
    }
  }
}
