package io.github.diffusion4j.samples;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots quality against network calls, a line for each scheduler. */
final class SchedulerChart {

  private static final Color[] COLORS = {
    new Color(0x1f, 0x4e, 0x79), new Color(0xc0, 0x50, 0x1e), new Color(0x2e, 0x8b, 0x57),
    new Color(0x8e, 0x44, 0xad), new Color(0xb8, 0x86, 0x0b), new Color(0x00, 0x8b, 0x9b),
    new Color(0x55, 0x55, 0x55),
  };
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.TRIANGLE_UP
  };

  /** What lies above has no digits in it, and would hide the rest. */
  private static final double MOST_DISTANCE = 400;

  private SchedulerChart() {}

  /**
   * Plots the judge's accuracy and the Fréchet distance, where it is below 400.
   *
   * @param csv what {@link CompareSchedulers} writes
   * @param png where to write the plot
   * @throws IOException if the file cannot be read or the plot not be written
   */
  static void write(Path csv, Path png) throws IOException {
    XYChart accuracy = chart("read as asked, %", Styler.LegendPosition.InsideSE);
    XYChart distance = chart("Fréchet distance of features", Styler.LegendPosition.OutsideE);
    accuracy.getStyler().setLegendVisible(false);
    Map<String, List<double[]>> points = new LinkedHashMap<>();
    for (String line : Files.readAllLines(csv).stream().skip(1).toList()) {
      String[] cells = line.split(",", -1);
      double asked = 100 * Double.parseDouble(cells[5]) / Double.parseDouble(cells[4]);
      double[] point = {log2(Double.parseDouble(cells[3])), asked, Double.parseDouble(cells[6])};
      points.computeIfAbsent(cells[0], name -> new ArrayList<>()).add(point);
    }
    int index = 0;
    for (Map.Entry<String, List<double[]>> line : points.entrySet()) {
      List<double[]> near =
          line.getValue().stream().filter(point -> point[2] < MOST_DISTANCE).toList();
      style(accuracy, line.getKey(), line.getValue(), 1, index);
      style(distance, line.getKey(), near, 2, index++);
    }
    BitmapEncoder.saveBitmap(
        List.of(accuracy, distance), 1, 2, png.toString(), BitmapEncoder.BitmapFormat.PNG);
  }

  private static double log2(double calls) {
    return Math.log(calls) / Math.log(2);
  }

  private static XYChart chart(String what, Styler.LegendPosition legend) {
    XYChart chart =
        new XYChartBuilder()
            .width(620)
            .height(480)
            .xAxisTitle("network calls for an image")
            .yAxisTitle(what)
            .build();
    chart.getStyler().setXAxisMin(2.0).setXAxisMax(6.0);
    chart.getStyler().setxAxisTickLabelsFormattingFunction(x -> "" + Math.round(Math.pow(2, x)));
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(legend);
    return chart;
  }

  private static void style(
      XYChart chart, String name, List<double[]> points, int column, int index) {
    if (points.isEmpty()) {
      return;
    }
    double[] calls = points.stream().mapToDouble(point -> point[0]).toArray();
    double[] values = points.stream().mapToDouble(point -> point[column]).toArray();
    Color color = COLORS[index % COLORS.length];
    XYSeries series = chart.addSeries(name, calls, values);
    series.setLineColor(color).setLineWidth(1.5f).setLineStyle(SeriesLines.SOLID);
    series.setMarker(MARKERS[index / COLORS.length % MARKERS.length]).setMarkerColor(color);
  }
}
