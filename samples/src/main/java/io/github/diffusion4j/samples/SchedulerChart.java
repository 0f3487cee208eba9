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
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots quality against network calls, a line for each scheduler. */
final class SchedulerChart {

  private static final Color[] COLORS = {
    new Color(0x1f, 0x4e, 0x79), new Color(0xc0, 0x50, 0x1e), new Color(0x2e, 0x8b, 0x57),
    new Color(0x8e, 0x44, 0xad), new Color(0xb8, 0x86, 0x0b), new Color(0x00, 0x8b, 0x9b),
    new Color(0x55, 0x55, 0x55),
  };
  private static final Marker[] MARKERS = {SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE};

  private SchedulerChart() {}

  /**
   * Plots the judge's accuracy and, on a logarithmic axis, the Fréchet distance.
   *
   * @param csv what {@link CompareSchedulers} writes
   * @param png where to write the plot
   * @throws IOException if the file cannot be read or the plot not be written
   */
  static void write(Path csv, Path png) throws IOException {
    XYChart accuracy = chart("read as asked, %", Styler.LegendPosition.InsideSE);
    XYChart distance = chart("Fréchet distance of features", Styler.LegendPosition.InsideNE);
    accuracy.getStyler().setLegendVisible(false);
    distance.getStyler().setYAxisLogarithmic(true);
    Map<String, List<double[]>> points = new LinkedHashMap<>();
    for (String line : Files.readAllLines(csv).stream().skip(1).toList()) {
      String[] cells = line.split(",", -1);
      double asked = 100 * Double.parseDouble(cells[5]) / Double.parseDouble(cells[4]);
      double[] point = {Double.parseDouble(cells[3]), asked, Double.parseDouble(cells[6])};
      points.computeIfAbsent(cells[0], name -> new ArrayList<>()).add(point);
    }
    int index = 0;
    for (Map.Entry<String, List<double[]>> line : points.entrySet()) {
      style(accuracy.addSeries(line.getKey(), at(line, 0), at(line, 1)), index);
      style(distance.addSeries(line.getKey(), at(line, 0), at(line, 2)), index++);
    }
    BitmapEncoder.saveBitmap(
        List.of(accuracy, distance), 1, 2, png.toString(), BitmapEncoder.BitmapFormat.PNG);
  }

  private static double[] at(Map.Entry<String, List<double[]>> line, int column) {
    return line.getValue().stream().mapToDouble(point -> point[column]).toArray();
  }

  private static XYChart chart(String what, Styler.LegendPosition legend) {
    XYChart chart =
        new XYChartBuilder()
            .width(620)
            .height(480)
            .xAxisTitle("network calls for an image (logarithmic)")
            .yAxisTitle(what)
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(legend);
    return chart;
  }

  private static void style(XYSeries series, int index) {
    Color color = COLORS[index % COLORS.length];
    series.setLineColor(color).setLineWidth(1.5f);
    series.setMarker(MARKERS[index / COLORS.length % MARKERS.length]).setMarkerColor(color);
  }
}
