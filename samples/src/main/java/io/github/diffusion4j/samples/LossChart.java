package io.github.diffusion4j.samples;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots the loss of a training run. */
public final class LossChart {

  private LossChart() {}

  /**
   * Plots the loss of every step, and its running mean in the middle of the steps that it is of, on
   * a logarithmic axis.
   *
   * @param title the title
   * @param csv a file with the columns step and loss, as a trainer writes it
   * @param png where to write the plot
   * @throws IOException if the file cannot be read or the plot not be written
   */
  public static void write(String title, Path csv, Path png) throws IOException {
    List<String> lines = Files.readAllLines(csv);
    double[] steps = column(lines, 0);
    double[] losses = column(lines, 1);
    XYChart chart = empty(title);
    chart
        .addSeries("every step", steps, losses)
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(new Color(0xb8, 0xcf, 0xe6))
        .setLineWidth(1);
    int window = window(losses);
    chart
        .addSeries(
            "mean of " + window + " steps", runningMean(steps, window), runningMean(losses, window))
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(new Color(0x1f, 0x4e, 0x79))
        .setLineWidth(2);
    save(chart, png);
  }

  /**
   * Plots the running means of several runs on one logarithmic axis.
   *
   * @param title the title
   * @param runs files as for {@link #write}, by the names of the runs
   * @param png where to write the plot
   * @throws IOException if a file cannot be read or the plot not be written
   */
  public static void compare(String title, Map<String, Path> runs, Path png) throws IOException {
    XYChart chart = empty(title);
    for (Map.Entry<String, Path> run : runs.entrySet()) {
      List<String> lines = Files.readAllLines(run.getValue());
      double[] losses = column(lines, 1);
      int window = window(losses);
      chart
          .addSeries(
              run.getKey(), runningMean(column(lines, 0), window), runningMean(losses, window))
          .setMarker(SeriesMarkers.NONE)
          .setLineWidth(1.5f);
    }
    save(chart, png);
  }

  private static XYChart empty(String title) {
    XYChart chart =
        new XYChartBuilder()
            .width(760)
            .height(380)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle("loss (mean squared error)")
            .build();
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisTickMarkSpacingHint(80);
    return chart;
  }

  private static void save(XYChart chart, Path png) throws IOException {
    BitmapEncoder.saveBitmap(chart, png.toString(), BitmapEncoder.BitmapFormat.PNG);
  }

  private static int window(double[] losses) {
    return Math.max(1, Math.min(100, losses.length / 10));
  }

  private static double[] column(List<String> lines, int column) {
    return lines.stream()
        .skip(1)
        .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[column]))
        .toArray();
  }

  private static double[] runningMean(double[] values, int window) {
    double[] means = new double[values.length];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] - (i < window ? 0 : values[i - window]);
      means[i] = sum / Math.min(i + 1, window);
    }
    return means;
  }
}
