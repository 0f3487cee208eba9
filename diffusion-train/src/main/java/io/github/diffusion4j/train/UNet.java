package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The UNet of the Berkeley CS180 course: two halvings, a bottleneck of one pixel, two doublings,
 * skip connections by concatenation (Ronneberger et al. 2015; course of Fall 2025, part B).
 *
 * <p>A value: every method returns a changed copy. Time and class act on the bottleneck {@code u}
 * and on the first doubled image {@code up}, each through two linear layers:
 *
 * <table>
 * <caption>How the network is told</caption>
 * <tr><th>network</th><th>on {@code u}</th><th>on {@code up}</th></tr>
 * <tr><td>{@code width(d)}</td><td>{@code u}</td><td>{@code up}</td></tr>
 * <tr><td>{@code .time(SCALE)} (flow matching)</td><td>{@code u·t₁}</td><td>{@code up·t₂}</td></tr>
 * <tr><td>{@code .time(SHIFT)} (DDPM)</td><td>{@code u + t₁}</td><td>{@code up + t₂}</td></tr>
 * <tr><td>{@code .time(…).classes(n)}</td><td>{@code c₁·u + t₁}</td><td>{@code c₂·up + t₂}</td></tr>
 * </table>
 */
public final class UNet implements Network {

  /** How the time acts on a network that has no classes. */
  public enum TimeEffect {
    /** The time multiplies the features (the course's flow matching). */
    SCALE,
    /** The time is added to the features (the course's DDPM). */
    SHIFT
  }

  private enum Time {
    NONE,
    SCALE,
    SHIFT
  }

  private final int width;
  private final int channels;
  private final int size;
  private final Time time;
  private final int classes;

  private UNet(int width, int channels, int size, Time time, int classes) {
    this.width = width;
    this.channels = channels;
    this.size = size;
    this.time = time;
    this.classes = classes;
  }

  /**
   * The unconditional network for 28×28 images of one channel.
   *
   * @param width D, the number of features of the outermost layers, in [1, 1024]
   * @return the network
   * @throws IllegalArgumentException if the width is out of range
   */
  public static UNet width(int width) {
    return new UNet(Checks.inRange(1, 1024, width, "width"), 1, 28, Time.NONE, 0);
  }

  /**
   * The same network for other images.
   *
   * @param channels the number of channels, in [1, 1024]
   * @param size the length of both sides, a multiple of 4 in [4, 4096]; the bottleneck averages
   *     squares of {@code size/4}
   * @return the changed network
   * @throws IllegalArgumentException if a value is out of range
   */
  public UNet images(int channels, int size) {
    Checks.inRange(1, 1024, channels, "channels");
    if (size < 4 || size > 4096 || size % 4 != 0) {
      throw new IllegalArgumentException(
          "image size must be a multiple of 4 (it is halved twice) in [4, 4096], got " + size);
    }
    return new UNet(width, channels, size, time, classes);
  }

  /**
   * The same network, told the time.
   *
   * @param effect how the time acts while there are no classes; with classes it is always added
   * @return the changed network
   */
  public UNet time(TimeEffect effect) {
    Objects.requireNonNull(effect, "effect");
    return new UNet(width, channels, size, Time.valueOf(effect.name()), classes);
  }

  /**
   * The same network, told the class.
   *
   * @param classes the number of classes, in [1, 1,000,000]; a class is given one-hot, no class as
   *     zeros
   * @return the changed network
   * @throws IllegalArgumentException if the number is out of range
   * @throws IllegalStateException if the network is not told the time yet
   */
  public UNet classes(int classes) {
    Checks.inRange(1, 1_000_000, classes, "classes");
    if (time == Time.NONE) {
      throw new IllegalStateException(
          "a network with classes is told the time too: call time first");
    }
    return new UNet(width, channels, size, time, classes);
  }

  /** D, the number of features of the outermost layers. */
  public int width() {
    return width;
  }

  /** The number of channels of an image. */
  public int channels() {
    return channels;
  }

  /** The length of an image's sides. */
  public int size() {
    return size;
  }

  /** Whether the network is told the time. */
  public boolean isTimed() {
    return time != Time.NONE;
  }

  /** The number of classes, 0 if the network is not told the class. */
  public int classes() {
    return classes;
  }

  @Override
  public List<Input> inputs() {
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Input(Input.SAMPLE, List.of(channels, size, size)));
    if (isTimed()) {
      inputs.add(new Input(Input.TIME, List.of()));
    }
    if (classes > 0) {
      inputs.add(new Input(Input.CLASS, List.of(classes)));
    }
    return List.copyOf(inputs);
  }

  @Override
  public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
    int d = width;
    T x1 = convBlock(ops, "conv1", Input.of(inputs, Input.SAMPLE), channels, d);
    T x2 = block(ops, "down1", x1, Conv.halving(d, d));
    T x3 = block(ops, "down2", x2, Conv.halving(d, 2 * d));
    T flat = ops.gelu(ops.averagePool(x3, size / 4));
    T u = ops.gelu(ops.convNorm("unflatten", flat, Conv.growing(2 * d, size / 4)));
    u = condition(ops, 1, u, inputs, 2 * d);
    T up1 = block(ops, "up1", ops.concat(x3, u), Conv.doubling(4 * d, d));
    up1 = condition(ops, 2, up1, inputs, d);
    T up2 = block(ops, "up2", ops.concat(x2, up1), Conv.doubling(2 * d, d));
    T last = convBlock(ops, "conv2", ops.concat(x1, up2), 2 * d, d);
    return ops.conv("out", last, Conv.same(d, channels));
  }

  private static <T> T convNormGelu(Ops<T> ops, String name, T x, Conv layer) {
    return ops.gelu(ops.convNorm(name, x, layer));
  }

  private static <T> T convBlock(Ops<T> ops, String name, T x, int in, int out) {
    T y = convNormGelu(ops, name + ".0", x, Conv.same(in, out));
    return convNormGelu(ops, name + ".1", y, Conv.same(out, out));
  }

  /** One convolution that changes the size, then a ConvBlock. */
  private static <T> T block(Ops<T> ops, String name, T x, Conv resize) {
    T y = convNormGelu(ops, name + ".resize", x, resize);
    return convBlock(ops, name, y, resize.out(), resize.out());
  }

  private <T> T condition(Ops<T> ops, int place, T x, Map<String, T> inputs, int features) {
    if (!isTimed()) {
      return x;
    }
    T times = ops.column(Input.of(inputs, Input.TIME));
    T t = fullyConnected(ops, "time" + place, times, 1, features);
    if (classes == 0) {
      return time == Time.SCALE ? ops.multiplyVector(x, t) : ops.addVector(x, t);
    }
    T c = fullyConnected(ops, "class" + place, Input.of(inputs, Input.CLASS), classes, features);
    return ops.addVector(ops.multiplyVector(x, c), t);
  }

  private static <T> T fullyConnected(Ops<T> ops, String name, T x, int in, int out) {
    T hidden = ops.gelu(ops.linear(name + ".0", x, in, out));
    return ops.linear(name + ".1", hidden, out, out);
  }

  /**
   * Its layers, as {@link Networks#describe} tells them.
   *
   * @return a table of several lines
   */
  public String describe() {
    return Networks.describe(this);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("network", "UNet");
    settings.put("width", width);
    settings.put("channels", channels);
    settings.put("size", size);
    settings.put("time", time.name());
    settings.put("classes", classes);
    return settings;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UNet that && settings().equals(that.settings());
  }

  @Override
  public int hashCode() {
    return settings().hashCode();
  }

  @Override
  public String toString() {
    return settings().toString();
  }
}
