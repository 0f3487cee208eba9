package io.github.diffusion4j.train;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Ops;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

/**
 * A forward pass of a {@link ResidualUNet}.
 *
 * @param <T> the tensor of whoever computes
 */
final class ResidualBlocks<T> {

  /** An image and what is known of its size. */
  private record Image<T>(T pixels, int features, int side) {}

  private final Ops<T> ops;
  private final ResidualForm form;
  private final Map<String, T> inputs;
  private final Optional<T> told;
  private final Deque<Image<T>> skipped = new ArrayDeque<>();

  ResidualBlocks(Ops<T> ops, ResidualForm form, Map<String, T> inputs) {
    this.ops = ops;
    this.form = form;
    this.inputs = inputs;
    this.told = told();
  }

  /** Time and class, as every block takes them. */
  private Optional<T> told() {
    int features = 4 * form.width();
    Optional<T> sum = Optional.empty();
    if (form.time() > 0) {
      T time = ops.sinusoids(Input.of(inputs, Input.TIME), form.width(), form.time());
      T hidden = ops.silu(ops.linear("time_embedding.linear_1", time, form.width(), features));
      sum = Optional.of(ops.linear("time_embedding.linear_2", hidden, features, features));
    }
    if (form.classes() > 0) {
      T oneHot = Input.of(inputs, Input.CLASS);
      T label = ops.linear("class_embedding", oneHot, form.classes(), features);
      sum = Optional.of(sum.map(time -> ops.add(time, label)).orElse(label));
    }
    return sum.map(ops::silu);
  }

  T all() {
    T sample = Input.of(inputs, Input.SAMPLE);
    Conv first = Conv.same(form.channels(), form.width());
    Image<T> x = keep(new Image<>(ops.conv("conv_in", sample, first), form.width(), form.size()));
    int last = form.multiples().size() - 1;
    for (int level = 0; level <= last; level++) {
      x = down("down_blocks." + level, x, level, level == last);
    }
    x = resnet("mid_block.resnets.0", x, x.features());
    x = attend("mid_block", 0, x);
    x = resnet("mid_block.resnets.1", x, x.features());
    for (int level = last; level >= 0; level--) {
      x = up("up_blocks." + (last - level), x, level);
    }
    T out = ops.silu(normalise("conv_norm_out", x));
    return ops.conv("conv_out", out, Conv.same(x.features(), form.channels()));
  }

  private Image<T> keep(Image<T> x) {
    skipped.push(x);
    return x;
  }

  private Image<T> down(String name, Image<T> image, int level, boolean isLast) {
    Image<T> x = image;
    int features = form.features(level);
    for (int block = 0; block < form.blocks(); block++) {
      x = resnet(name + ".resnets." + block, x, features);
      if (form.hasAttention(level)) {
        x = attend(name, block, x);
      }
      keep(x);
    }
    if (isLast) {
      return x;
    }
    Conv halving = Conv.halving(features, features);
    T half = ops.conv(name + ".downsamplers.0.conv", x.pixels(), halving);
    return keep(new Image<>(half, features, x.side() / 2));
  }

  private Image<T> up(String name, Image<T> image, int level) {
    Image<T> x = image;
    int features = form.features(level);
    for (int block = 0; block <= form.blocks(); block++) {
      Image<T> skip = skipped.pop();
      T joined = ops.concat(x.pixels(), skip.pixels());
      Image<T> both = new Image<>(joined, x.features() + skip.features(), x.side());
      x = resnet(name + ".resnets." + block, both, features);
      if (form.hasAttention(level)) {
        x = attend(name, block, x);
      }
    }
    if (level == 0) {
      return x;
    }
    T larger = ops.upsample(x.pixels(), 2);
    Conv same = Conv.same(features, features);
    T smooth = ops.conv(name + ".upsamplers.0.conv", larger, same);
    return new Image<>(smooth, features, 2 * x.side());
  }

  private T normalise(String name, Image<T> x) {
    return ops.groupNorm(name, x.pixels(), x.features(), form.groups());
  }

  private Image<T> resnet(String name, Image<T> x, int features) {
    Conv first = Conv.same(x.features(), features);
    T h = ops.conv(name + ".conv1", ops.silu(normalise(name + ".norm1", x)), first);
    if (told.isPresent()) {
      String layer = name + ".time_emb_proj";
      h = ops.addVector(h, ops.linear(layer, told.get(), 4 * form.width(), features));
    }
    T active = ops.silu(normalise(name + ".norm2", new Image<>(h, features, x.side())));
    h = ops.conv(name + ".conv2", active, Conv.same(features, features));
    T direct = x.pixels();
    if (x.features() != features) {
      Conv pixel = new Conv(x.features(), features, 1, 1, 0, false);
      direct = ops.conv(name + ".conv_shortcut", direct, pixel);
    }
    return new Image<>(ops.add(direct, h), features, x.side());
  }

  /** Self-attention, and cross-attention to the text if there is one. */
  private Image<T> attend(String name, int block, Image<T> image) {
    Image<T> x = image;
    x = attend(name + ".attentions." + block, x, Optional.empty(), x.features());
    if (!form.text().isEmpty()) {
      Optional<T> text = Optional.of(Input.of(inputs, Input.TEXT));
      x = attend(name + ".cross_attentions." + block, x, text, form.text().get(1));
    }
    return x;
  }

  private Image<T> attend(String name, Image<T> x, Optional<T> text, int textFeatures) {
    int all = x.features();
    T asking = ops.tokens(normalise(name + ".group_norm", x));
    T asked = text.orElse(asking);
    T queries = ops.linear(name + ".to_q", asking, all, all);
    T keys = ops.linear(name + ".to_k", asked, textFeatures, all);
    T values = ops.linear(name + ".to_v", asked, textFeatures, all);
    int heads = all / form.headFeatures();
    T found = ops.attention(queries, keys, values, heads, form.headFeatures());
    T change = ops.image(ops.linear(name + ".to_out.0", found, all, all), x.side(), x.side());
    return new Image<>(ops.add(x.pixels(), change), all, x.side());
  }
}
