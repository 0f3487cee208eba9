package io.github.diffusion4j.train;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The loss of a run as a picture (SVG), which needs neither fonts nor a screen: every step, its
 * running mean, and the loss on images held back after each epoch; the axis of losses is
 * logarithmic.
 */
final class LossPlot {

  /** What every plot begins with. */
  static final String BEGINNING = "<svg xmlns='http://www.w3.org/2000/svg'";

  private static final int WIDTH = 760;
  private static final int HEIGHT = 380;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int TOP = 16;
  private static final int BOTTOM = 44;

  /** More points of a line than pixels show nothing more. */
  private static final int MOST_POINTS = 1400;

  /** The fewest marks of the axis of losses, if there is room. */
  private static final int ENOUGH = 4;

  /** The share of the losses that the plot has room for. */
  private static final double SHOWN = .995;

  /** How far above the losses of the steps those on images held back still have room. */
  private static final double FAR = 10;

  private static final String MEAN = "#1f4e79";
  private static final String VALIDATION = "#c0504d";

  private final StringBuilder svg = new StringBuilder();
  private final DoubleUnaryOperator x;
  private final DoubleUnaryOperator y;

  private LossPlot(int steps, double least, double most) {
    this.x = step -> LEFT + (step - 1) / Math.max(1, steps - 1) * (WIDTH - LEFT - RIGHT);
    this.y = loss -> TOP + Math.log(most / loss) / Math.log(most / least) * (HEIGHT - TOP - BOTTOM);
  }

  /**
   * Draws a run.
   *
   * @param losses that of each step; at least one
   * @param validations that on images held back after each epoch, perhaps none
   * @return the picture
   */
  static String of(double[] losses, List<Double> validations) {
    double[] positive = DoubleStream.of(losses).filter(loss -> loss > 0).sorted().toArray();
    double[] heldBack = validations.stream().mapToDouble(v -> v).filter(v -> v > 0).toArray();
    double lowest = positive.length == 0 ? .5 : positive[0];
    double highest = positive.length == 0 ? 2 : highest(positive);
    double shown = DoubleStream.of(heldBack).max().orElse(highest);
    double least = Math.min(lowest, DoubleStream.of(heldBack).min().orElse(lowest)) / 1.1;
    double most = Math.max(highest, Math.min(shown, FAR * highest)) * 1.1;
    LossPlot plot = new LossPlot(losses.length, least, most);
    plot.axes(losses.length, least, most);
    int window = Math.max(1, Math.min(100, losses.length / 10));
    plot.line("#a3c1de", 1, losses);
    plot.line(MEAN, 2, runningMean(losses, window));
    plot.points(validations, losses.length);
    String mean = window == 1 ? "each step" : "mean of the last " + window + " steps";
    plot.text(WIDTH - RIGHT, TOP + 14, "end", MEAN, mean);
    if (!validations.isEmpty()) {
      plot.text(WIDTH - RIGHT, TOP + 30, "end", VALIDATION, "on images held back");
    }
    return plot.whole();
  }

  /** A run's first losses may be many times the others, and are cut off where it has many. */
  private static double highest(double[] sorted) {
    return sorted[(int) Math.ceil(SHOWN * (sorted.length - 1))];
  }

  /** The mean of the last tenth of the steps up to each, of as many as the window has at most. */
  private static double[] runningMean(double[] values, int window) {
    double[] means = new double[values.length];
    double[] sums = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
      int count = Math.min(window, 1 + i / 10);
      means[i] = (sums[i + 1] - sums[i + 1 - count]) / count;
    }
    return means;
  }

  private void axes(int steps, double least, double most) {
    for (double tick : ticks(least, most)) {
      double at = y.applyAsDouble(tick);
      add("<path d='M%d %.1fH%d' stroke='#ddd'/>", LEFT, at, WIDTH - RIGHT);
      text(LEFT - 8, at + 4, "end", "#444", Double.toString(tick).replaceFirst("\\.0$", ""));
    }
    double unit = niceUnit(Math.max(1, steps / 8.0));
    for (double step = unit; step <= steps; step += unit) {
      double at = x.applyAsDouble(step);
      add("<path d='M%.1f %dv5' stroke='#444'/>", at, HEIGHT - BOTTOM);
      text(at, HEIGHT - BOTTOM + 18, "middle", "#444", String.format(Locale.ROOT, "%.0f", step));
    }
    add(
        "<path d='M%d %dV%dH%d' stroke='#444' fill='none'/>",
        LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
    text(WIDTH / 2.0, HEIGHT - 8, "middle", "#444", "step");
    text(8, TOP + 4, "start", "#444", "loss");
  }

  /** The coarsest marks of which there are enough. */
  private static double[] ticks(double least, double most) {
    List<List<Integer>> multiples =
        List.of(List.of(1), List.of(1, 2, 5), List.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    double[] thousands = ticks(least, most, List.of(1), 3);
    if (thousands.length >= ENOUGH) {
      return thousands;
    }
    return multiples.stream()
        .map(each -> ticks(least, most, each, 1))
        .filter(ticks -> ticks.length >= ENOUGH)
        .findFirst()
        .orElseGet(() -> evenTicks(least, most));
  }

  private static double[] ticks(double least, double most, List<Integer> multiples, int decades) {
    List<Double> all = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(least)); power <= Math.log10(most); power++) {
      for (int multiple : multiples) {
        double tick = Double.parseDouble(multiple + "e" + power);
        if (tick >= least && tick <= most && power % decades == 0) {
          all.add(tick);
        }
      }
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Marks of a range within one power of ten. */
  private static double[] evenTicks(double least, double most) {
    double unit = niceUnit((most - least) / (ENOUGH + 2));
    return IntStream.rangeClosed((int) Math.ceil(least / unit), (int) Math.floor(most / unit))
        .mapToDouble(i -> new BigDecimal(i * unit).round(new MathContext(6)).doubleValue())
        .toArray();
  }

  /** The next of one, two and five times a power of ten. */
  private static double niceUnit(double atLeast) {
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    return IntStream.of(1, 2, 5, 10)
        .mapToDouble(multiple -> multiple * power)
        .filter(unit -> unit >= atLeast)
        .findFirst()
        .orElse(10 * power);
  }

  private void line(String colour, int width, double[] values) {
    String points =
        drawn(values)
            .filter(i -> values[i] > 0)
            .mapToObj(
                i ->
                    String.format(
                        Locale.ROOT,
                        "%.1f,%.1f",
                        x.applyAsDouble(i + 1),
                        y.applyAsDouble(values[i])))
            .collect(Collectors.joining(" "));
    add(
        "<polyline clip-path='url(#room)' fill='none' stroke='%s' stroke-width='%d' points='%s'/>",
        colour, width, points);
  }

  /** All values, or where they are many the least and the greatest of some in turn. */
  private static IntStream drawn(double[] values) {
    int each = values.length <= MOST_POINTS ? 1 : 2 * values.length / MOST_POINTS + 1;
    IntStream extremes =
        IntStream.iterate(0, from -> from < values.length, from -> from + each)
            .flatMap(from -> extremes(values, from, Math.min(from + each, values.length)));
    return IntStream.concat(extremes, IntStream.of(values.length - 1)).distinct();
  }

  private static IntStream extremes(double[] values, int from, int to) {
    int least = from;
    int most = from;
    for (int i = from; i < to; i++) {
      least = values[i] < values[least] ? i : least;
      most = values[i] > values[most] ? i : most;
    }
    return IntStream.of(Math.min(least, most), Math.max(least, most));
  }

  /** A point at the end of each epoch, as if all had had as many steps. */
  private void points(List<Double> validations, int steps) {
    for (int i = 0; i < validations.size(); i++) {
      double step = (double) steps * (i + 1) / validations.size();
      if (validations.get(i) > 0) {
        add(
            "<circle clip-path='url(#room)' cx='%.1f' cy='%.1f' r='3.5' fill='%s'/>",
            x.applyAsDouble(step), y.applyAsDouble(validations.get(i)), VALIDATION);
      }
    }
  }

  private void text(double left, double base, String anchor, String colour, String words) {
    add(
        "<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s'>%s</text>",
        left, base, anchor, colour, words);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private String whole() {
    return String.format(
            Locale.ROOT,
            BEGINNING
                + " width='%1$d' height='%2$d'"
                + " viewBox='0 0 %1$d %2$d' font-family='sans-serif' font-size='12'>\n"
                + "<clipPath id='room'><path d='M%3$d %4$dH%1$dV%5$dH%3$dz'/></clipPath>\n"
                + "<rect width='%1$d' height='%2$d' fill='#fff'/>\n",
            WIDTH,
            HEIGHT,
            LEFT - 1,
            TOP,
            HEIGHT - BOTTOM)
        + svg
        + "</svg>\n";
  }
}
