package io.github.diffusion4j.samples;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots the loss of a training run. */
public final class LossChart {

  private LossChart() {}

  /**
   * Plots the loss of every step and its running mean on a logarithmic axis.
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
    chart.getStyler().setXAxisMaxLabelCount(10);
    chart
        .addSeries("every step", steps, losses)
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(new Color(0xb8, 0xcf, 0xe6))
        .setLineWidth(1);
    int window = Math.max(1, Math.min(100, losses.length / 10));
    chart
        .addSeries("mean of " + window + " steps", steps, runningMean(losses, window))
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(new Color(0x1f, 0x4e, 0x79))
        .setLineWidth(2);
    BitmapEncoder.saveBitmap(chart, png.toString(), BitmapEncoder.BitmapFormat.PNG);
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
