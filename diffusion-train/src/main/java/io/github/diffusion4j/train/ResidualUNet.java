package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The UNet of residual blocks with group normalisation and attention that diffusion models have
 * used since Ho et al. (2020, appendix B): each level has some residual blocks, and halves the
 * image for the next; the way back has one block more at each, and joins what the way down had.
 *
 * <p>A value: every method returns a changed copy. Each block adds what the network is told of time
 * and class, put through a layer of its own, to its features. Between the way down and the way back
 * there always is attention. A text is asked by cross-attention after each self-attention (Rombach
 * et al. 2022, section 3.3).
 *
 * <p>It takes lower rates than the course's network, about 1e-3 where that takes 1e-2.
 *
 * <p>Told the time alone, it computes what the {@code UNet2DModel} of diffusers does, with the
 * names and shapes of its parameters (which cannot be read from files of diffusers yet). The class
 * goes through a linear layer with a bias, where diffusers has a table; {@code cross_attentions},
 * beside {@code attentions}, are diffusers' {@code Attention} over the text.
 */
public final class ResidualUNet implements Network {

  private final ResidualForm form;

  private ResidualUNet(ResidualForm form) {
    this.form = form;
  }

  /**
   * The network for images of one channel that is told nothing, with two blocks in each level and
   * attention in the middle alone. Images are 28×28, or the next size that can be halved so often.
   * Heads of attention have the largest divisor of the width up to 64 as features (Dhariwal and
   * Nichol 2021, section 3); normalisations have as many groups as divide the width, up to 32, with
   * at least four channels in each on the outermost level, or one group.
   *
   * @param width the number of features of the outermost level, even, in [2, 1024]
   * @param multiples how many times as many features each level has, from the outermost, each in
   *     [1, 64]: {@code of(32, 1, 2, 2)} has 32, 64 and 64
   * @return the network
   * @throws IllegalArgumentException if a value is out of range, or there is no level or more than
   *     8
   */
  public static ResidualUNet of(int width, int... multiples) {
    return new ResidualUNet(ResidualForm.of(width, Arrays.stream(multiples).boxed().toList()));
  }

  /** The network of some settings. */
  static ResidualUNet of(Settings settings) {
    return new ResidualUNet(ResidualForm.of(settings));
  }

  private ResidualUNet with(Map<String, Object> changes) {
    return new ResidualUNet(form.with(changes));
  }

  /**
   * The same network for other images.
   *
   * @param channels the number of channels, in [1, 1024]
   * @param size the length of both sides, in [1, 4096], which all levels but the innermost halve
   * @return the changed network
   * @throws IllegalArgumentException if a value is out of range, the size cannot be halved so
   *     often, or no level has images of a side that {@link #attention} asked for
   */
  public ResidualUNet images(int channels, int size) {
    return with(Map.of("channels", channels, "size", size));
  }

  /**
   * The same network with other numbers of residual blocks.
   *
   * @param blocks the number in each level on the way down, in [1, 64]; on the way back it has one
   *     more
   * @return the changed network
   * @throws IllegalArgumentException if the number is out of range
   */
  public ResidualUNet blocks(int blocks) {
    return with(Map.of("blocks", blocks));
  }

  /**
   * The same network with attention after each block of some levels. It compares all pixels with
   * one another, so its work grows with the fourth power of the side. Call {@link #images} before.
   *
   * @param sides the sides of these levels' images
   * @return the changed network
   * @throws IllegalArgumentException if no level has images of such a side
   */
  public ResidualUNet attention(int... sides) {
    List<Integer> all = Arrays.stream(sides).boxed().sorted().distinct().toList();
    return with(Map.of("attention", all));
  }

  /**
   * The same network with other heads of attention.
   *
   * @param features the number of features of one head, a divisor of the width
   * @return the changed network
   * @throws IllegalArgumentException if the width is no multiple of it
   */
  public ResidualUNet headFeatures(int features) {
    return with(Map.of("headFeatures", features));
  }

  /**
   * The same network with other groups in its normalisations.
   *
   * @param groups their number, a divisor of the width
   * @return the changed network
   * @throws IllegalArgumentException if the width is no multiple of it
   */
  public ResidualUNet groups(int groups) {
    return with(Map.of("groups", groups));
  }

  /**
   * The same network, told a time in [0, 1], as by flow matching and {@link Objective#ddpm}: it
   * turns as one of 1000 steps does.
   *
   * @return the changed network
   */
  public ResidualUNet time() {
    return time(1000);
  }

  /**
   * The same network, told the time by cosines and sines: {@link Ops#sinusoids}.
   *
   * @param factor what the time is multiplied with, above 0: 1000 for times in [0, 1], 1 for
   *     schedules that tell the step, such as {@link
   *     io.github.diffusion4j.NoiseSchedule#squaredCosine}
   * @return the changed network
   * @throws IllegalArgumentException if the factor is not finite and above 0
   */
  public ResidualUNet time(double factor) {
    return with(Map.of("time", Checks.positive(factor, "factor of the time")));
  }

  /**
   * The same network, told the class.
   *
   * @param classes the number of classes, in [1, 1,000,000]; a class is given one-hot, no class as
   *     zeros
   * @return the changed network
   * @throws IllegalArgumentException if the number is out of range
   */
  public ResidualUNet classes(int classes) {
    Checks.inRange(1, ResidualForm.MOST_CLASSES, classes, "classes");
    return with(Map.of("classes", classes));
  }

  /**
   * The same network, told a text by its tokens, which its data set gives as the condition {@link
   * Input#TEXT}: see {@link io.github.diffusion4j.train.data.Dataset#conditioned}. A text whose
   * tokens are all zeros is none, which training tells where it drops a text. There is no mask:
   * where a short text is filled up with zeros, they are tokens like others. The order of tokens is
   * not seen unless they tell it, as those of text encoders do.
   *
   * @param tokens the number of tokens of every text, in [1, 65,536]
   * @param features the number of features of one token, at least 1; at most 2²⁸ values in all
   * @return the changed network
   * @throws IllegalArgumentException if a number is out of range
   */
  public ResidualUNet text(int tokens, int features) {
    return with(Map.of("text", List.of(tokens, features)));
  }

  @Override
  public List<Input> inputs() {
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Input(Input.SAMPLE, List.of(form.channels(), form.size(), form.size())));
    if (form.time() > 0) {
      inputs.add(new Input(Input.TIME, List.of()));
    }
    if (form.classes() > 0) {
      inputs.add(new Input(Input.CLASS, List.of(form.classes())));
    }
    if (!form.text().isEmpty()) {
      inputs.add(new Input(Input.TEXT, form.text()));
    }
    return List.copyOf(inputs);
  }

  @Override
  public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
    return new ResidualBlocks<>(ops, form, inputs).all();
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
    return form.settings();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ResidualUNet that && form.equals(that.form);
  }

  @Override
  public int hashCode() {
    return form.hashCode();
  }

  @Override
  public String toString() {
    return settings().toString();
  }
}
