package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LossPlotTest {

  private static Document plot(double[] losses, Double... validations) throws Exception {
    String svg = LossPlot.of(losses, List.of(validations));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> all(Document plot, String tag) {
    NodeList found = plot.getElementsByTagName(tag);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static List<double[]> points(Document plot, int line) {
    List<double[]> points = new ArrayList<>();
    for (String point : all(plot, "polyline").get(line).getAttribute("points").split(" ", -1)) {
      String[] axes = point.split(",", -1);
      points.add(new double[] {Double.parseDouble(axes[0]), Double.parseDouble(axes[1])});
    }
    return points;
  }

  /** On a logarithmic axis a loss of 1, .1, .01 falls evenly. */
  @Test
  void lossesAreOnALogarithmicAxis() throws Exception {
    List<double[]> points = points(plot(new double[] {1, .1, .01}), 0);
    assertThat(points).hasSize(3);
    assertThat(points.get(0)[0]).isEqualTo(64);
    assertThat(points.get(1)[0]).isEqualTo((64 + 744) / 2.0);
    assertThat(points.get(2)[0]).isEqualTo(744);
    assertThat(points.get(2)[1]).isBetween(320.0, 336.0);
    assertThat(points.get(0)[1]).isBetween(16.0, 36.0);
    assertThat(2 * points.get(1)[1] - points.get(0)[1] - points.get(2)[1]).isBetween(-.2, .2);
  }

  @Test
  void meanIsThatOfTheStepsBefore() throws Exception {
    double[] losses = IntStream.range(0, 40).mapToDouble(i -> i % 2 == 0 ? 1 : 3).toArray();
    Document plot = plot(losses);
    List<double[]> means = points(plot, 1);
    double two = means.get(39)[1]; // of four steps: 1, 3, 1, 3
    assertThat(means.get(11)[1]).isEqualTo(two); // of two: 1, 3
    assertThat(means.get(0)[1]).isEqualTo(points(plot, 0).get(0)[1]).isGreaterThan(two);
    assertThat(all(plot, "text").stream().map(Element::getTextContent))
        .contains("mean of the last 4 steps");
  }

  @Test
  void eachEpochHasAPointAtItsEnd() throws Exception {
    double[] losses = IntStream.range(0, 11).mapToDouble(i -> 1).toArray();
    List<Element> circles = all(plot(losses, 2.0, .5), "circle");
    assertThat(circles.stream().map(c -> c.getAttribute("cx"))).containsExactly("370.0", "744.0");
    assertThat(circles.stream().map(c -> Double.valueOf(c.getAttribute("cy"))).toList()).isSorted();
  }

  @Test
  void anyRangeHasMarks() throws Exception {
    for (double[] losses :
        new double[][] {{.11, .17}, {.0901, .0902}, {.1, 2.5e12}, {.066, .3}, {3, 7}, {.5, .5}}) {
      List<Double> marks =
          all(plot(losses), "text").stream()
              .filter(text -> text.getAttribute("x").equals("56.0"))
              .map(text -> Double.valueOf(text.getTextContent()))
              .toList();
      assertThat(marks).as(Arrays.toString(losses)).hasSizeBetween(3, 14);
      assertThat(Set.copyOf(marks)).hasSameSizeAs(marks);
    }
  }

  @Test
  void fewLossesFarAboveTheOthersDoNotTakeTheirRoom() throws Exception {
    double[] losses = IntStream.range(0, 1000).mapToDouble(i -> i < 4 ? 1e6 : 1 + i % 2).toArray();
    List<double[]> points = points(plot(losses), 0);
    assertThat(points.get(0)[1]).isNegative(); // and cut off
    assertThat(points.get(999)[1]).isBetween(20.0, 60.0);
    assertThat(points.get(998)[1]).isBetween(280.0, 332.0);
  }

  @Test
  void lossesOnImagesHeldBackHaveRoomAboveThoseOfTheSteps() throws Exception {
    double[] losses = IntStream.range(0, 10_000).mapToDouble(i -> .1 + i % 10 * .001).toArray();
    for (Element circle : all(plot(losses, .22, .3, .4), "circle")) {
      assertThat(Double.parseDouble(circle.getAttribute("cy"))).isBetween(16.0, 336.0);
    }
  }

  @Test
  void anyLossesAreDrawn() throws Exception {
    for (double[] losses :
        new double[][] {{1}, {0}, {0, 0, .5}, {1e-30, 1e30}, new double[100_000], {.09, .0901}}) {
      Document plot = plot(losses);
      assertThat(plot.getDocumentElement().getTextContent()).doesNotContain("NaN", "Infinity");
      assertThat(LossPlot.of(losses, List.of(0.0, 1e9))).doesNotContain("NaN", "Infinity");
    }
    double[] many = IntStream.range(0, 100_000).mapToDouble(i -> 1.0 / (i + 1)).toArray();
    assertThat(points(plot(many), 0)).hasSizeLessThan(1500);
    assertThat(points(plot(many), 0).get(points(plot(many), 0).size() - 1)[0]).isEqualTo(744);
  }

  @Test
  void oneStepOfManyThatIsFarAboveTheOthersIsDrawn() throws Exception {
    double[] losses = IntStream.range(0, 9380).mapToDouble(i -> .1 + i % 2 * .01).toArray();
    losses[5001] = 3;
    List<double[]> points = points(plot(losses), 0);
    assertThat(points).hasSizeLessThanOrEqualTo(1401);
    List<double[]> above = points.stream().filter(point -> point[1] < 16).toList();
    assertThat(above).hasSize(1); // and cut off
    assertThat(above.get(0)[0]).isBetween(426.0, 427.0);
  }
}
