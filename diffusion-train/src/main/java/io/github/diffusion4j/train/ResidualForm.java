package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The settings of a {@link ResidualUNet}.
 *
 * @param width the features of the outermost level
 * @param multiples how many times as many each level has
 * @param channels the channels of an image
 * @param size its side
 * @param blocks the residual blocks of a level on the way down
 * @param attention the sides of the images of levels that have attention in each block
 * @param headFeatures the features of one head of attention
 * @param groups the groups of a normalisation
 * @param time what the time is multiplied with, or 0 if it is not told
 * @param classes how many classes it is told, or 0
 * @param text the tokens of a text and the features of each, or nothing
 */
record ResidualForm(
    int width,
    List<Integer> multiples,
    int channels,
    int size,
    int blocks,
    List<Integer> attention,
    int headFeatures,
    int groups,
    double time,
    int classes,
    List<Integer> text) {

  static final int MOST_CLASSES = 1_000_000;
  private static final int MOST_GROUPS = 32;
  private static final int CHANNELS_IN_A_GROUP = 4;
  private static final int MOST_HEAD_FEATURES = 64;
  private static final int MOST_LEVELS = 8;
  private static final int MOST_TOKENS = 1 << 16;

  /** Of a text. */
  private static final int MOST_VALUES = 1 << 28;

  ResidualForm {
    checkWidths(width, multiples);
    Checks.inRange(1, 1024, channels, "channels");
    Checks.inRange(1, 4096, size, "image size");
    int halvings = multiples.size() - 1;
    Checks.require(
        size % (1 << halvings) == 0,
        () ->
            "image size must be a multiple of %d (it is halved %d times), got %d"
                .formatted(1 << halvings, halvings, size));
    Checks.inRange(1, 64, blocks, "blocks");
    List<Integer> sides = IntStream.rangeClosed(0, halvings).mapToObj(i -> size >> i).toList();
    Checks.require(
        sides.containsAll(attention),
        () ->
            "attention must be at levels of sides "
                + sides
                + " (images are told before it), got "
                + attention);
    checkDivides(headFeatures, width, "features of a head");
    checkDivides(groups, width, "groups");
    Checks.inRange(0, Double.MAX_VALUE, time, "factor of the time");
    Checks.inRange(0, MOST_CLASSES, classes, "classes");
    Checks.require(
        text.isEmpty() || text.size() == 2, () -> "text must be two numbers, got " + text);
    if (!text.isEmpty()) {
      Checks.inRange(1, MOST_TOKENS, text.get(0), "tokens of a text");
      Checks.inRange(1, MOST_VALUES / text.get(0), text.get(1), "features of a token");
    }
  }

  private static void checkWidths(int width, List<Integer> multiples) {
    Checks.inRange(2, 1024, width, "width");
    Checks.require(width % 2 == 0, () -> "width must be even, got " + width);
    Checks.inRange(1, MOST_LEVELS, multiples.size(), "number of levels");
    multiples.forEach(multiple -> Checks.inRange(1, 64, multiple, "multiples of the width"));
  }

  private static void checkDivides(int value, int width, String name) {
    Checks.require(
        value > 0 && width % value == 0,
        () -> name + " must divide the width, " + width + ", got " + value);
  }

  /** What {@link ResidualUNet#of(int, int...)} begins with. */
  static ResidualForm of(int width, List<Integer> multiples) {
    checkWidths(width, multiples);
    int step = 1 << (multiples.size() - 1);
    return new ResidualForm(
        width,
        multiples,
        1,
        (28 + step - 1) / step * step,
        2,
        List.of(),
        divisor(width, MOST_HEAD_FEATURES),
        divisor(width, Math.min(MOST_GROUPS, Math.max(1, width / CHANNELS_IN_A_GROUP))),
        0,
        0,
        List.of());
  }

  private static int divisor(int width, int most) {
    return IntStream.rangeClosed(1, most).filter(n -> width % n == 0).max().orElseThrow();
  }

  /** Of what {@link #settings} gives. */
  static ResidualForm of(Settings settings) {
    return new ResidualForm(
        settings.whole("width"),
        settings.wholes("multiples"),
        settings.whole("channels"),
        settings.whole("size"),
        settings.whole("blocks"),
        settings.wholes("attention"),
        settings.whole("headFeatures"),
        settings.whole("groups"),
        settings.number("time"),
        settings.whole("classes"),
        settings.wholes("text"));
  }

  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("network", "ResidualUNet");
    settings.put("width", width);
    settings.put("multiples", multiples);
    settings.put("channels", channels);
    settings.put("size", size);
    settings.put("blocks", blocks);
    settings.put("attention", attention);
    settings.put("headFeatures", headFeatures);
    settings.put("groups", groups);
    settings.put("time", time);
    settings.put("classes", classes);
    settings.put("text", text);
    return settings;
  }

  /** The same with some other settings, by their names. */
  ResidualForm with(Map<String, Object> changes) {
    Map<String, Object> settings = settings();
    settings.putAll(changes);
    return of(new Settings("network", Settings.asRead(settings)));
  }

  /** The number of features of a level. */
  int features(int level) {
    return width * multiples.get(level);
  }

  /** The side of a level's images. */
  int side(int level) {
    return size >> level;
  }

  boolean hasAttention(int level) {
    return attention.contains(side(level));
  }
}
