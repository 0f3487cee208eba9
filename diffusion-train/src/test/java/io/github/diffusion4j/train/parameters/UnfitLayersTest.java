package io.github.diffusion4j.train.parameters;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks whose layers do not fit one another are refused with the layer and both shapes. */
class UnfitLayersTest {

  /** One wrong layer on an image of two channels of 4×4 and a vector of three numbers. */
  private record Wrong(String layer) implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(2, 4, 4)), new Input(Input.CLASS, List.of(3)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T image = Input.of(inputs, Input.SAMPLE);
      T vector = Input.of(inputs, Input.CLASS);
      return switch (layer) {
        case "conv" -> ops.conv("a", image, Conv.same(3, 3));
        case "convOfVector" -> ops.conv("a", vector, Conv.same(3, 3));
        case "convNorm" -> ops.convNorm("a", image, new Conv(2, 2, 7, 1, 0, false));
        case "strided" -> ops.conv("a", image, new Conv(2, 2, 7, 5, 0, false));
        case "column" -> ops.linear("a", ops.column(vector), 1, 1);
        case "linear" -> ops.linear("a", vector, 2, 2);
        case "linearOfImage" -> ops.linear("a", image, 4, 4);
        case "pool" -> ops.averagePool(image, 5);
        case "poolOfNothing" -> ops.averagePool(image, 0);
        case "concat" -> ops.concat(image, ops.conv("a", image, Conv.halving(2, 2)));
        case "concatOfVector" -> ops.concat(image, vector);
        case "add" -> ops.add(image, vector);
        case "null" -> ops.linear("a", nothing(), 1, 1);
        case "tokensOfNull" -> ops.tokens(nothing());
        case "upsampleOfNull" -> ops.upsample(nothing(), 2);
        case "imageOfNull" -> ops.image(nothing(), 1, 1);
        case "sinusoidsOfNull" -> ops.sinusoids(nothing(), 2, 1);
        case "attentionOfNull" -> ops.attention(ops.tokens(image), nothing(), nothing(), 1, 2);
        case "single" -> ops.groupNorm("a", ops.averagePool(image, 4), 2, 2);
        case "groups" -> ops.groupNorm("a", image, 2, 3);
        case "noGroups" -> ops.groupNorm("a", image, 2, 0);
        case "groupsOfVector" -> ops.groupNorm("a", vector, 3, 1);
        case "upsample" -> ops.upsample(image, 0);
        case "upsampleOfVector" -> ops.upsample(vector, 2);
        case "upsampleTooFar" -> ops.upsample(image, 1 << 20);
        case "odd" -> ops.sinusoids(image, 3, 1);
        case "endless" -> ops.sinusoids(image, 4, Double.NaN);
        case "sinusoids" -> ops.sinusoids(vector, 4, 1);
        case "tokens" -> ops.tokens(vector);
        case "image" -> ops.image(ops.tokens(image), 4, 3);
        case "imageOfImage" -> ops.image(image, 4, 4);
        case "noHeads" -> attention(ops, image, image, 0, 2);
        case "attention" -> attention(ops, image, image, 2, 2);
        case "attentionOfImage" -> ops.attention(image, image, image, 1, 2);
        case "attentionToLess" ->
            attention(ops, image, ops.conv("a", image, Conv.halving(2, 2)), 1, 2);
        case "unnamed" -> ops.conv(" ", image, Conv.same(2, 2));
        case "empty" -> ops.linear("a", vector, 3, 0);
        case "huge" ->
            ops.conv("a", ops.conv("b", image, Conv.growing(2, 4096)), Conv.growing(2, 4096));
        case "addVector" -> ops.addVector(image, vector);
        default -> ops.multiplyVector(image, vector);
      };
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
      return null;
    }

    private static <T> T attention(Ops<T> ops, T image, T valued, int heads, int features) {
      T tokens = ops.tokens(image);
      return ops.attention(tokens, tokens, ops.tokens(valued), heads, features);
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", layer);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conv | a takes an image [batch, 3, height, width], got [1, 2, 4, 4]",
        "convOfVector | a takes an image [batch, 3, height, width], got [1, 3]",
        "convNorm | a.conv takes an image that its kernel fits on, got [1, 2, 4, 4]",
        "strided | a takes an image that its kernel fits on, got [1, 2, 4, 4]",
        "column | column takes one number an image, [batch], got [1, 3]",
        "linear | a takes a vector [batch, 2] or tokens [batch, number, 2], got [1, 3]",
        "linearOfImage | a takes a vector [batch, 4] or tokens [batch, number, 4], got [1, 2, 4, 4]",
        "pool | averagePool takes an image of sides of at least 5, got [1, 2, 4, 4]",
        "poolOfNothing | size of averagePool must be at least 1, got 0",
        "concat | concat takes [1, 2, 4, 4] and the same with other channels, got [1, 2, 2, 2]",
        "concatOfVector | concat takes [1, 2, 4, 4] and the same with other channels, got [1, 3]",
        "add | add takes another of shape [1, 2, 4, 4], got [1, 3]",
        "null | a takes a vector [batch, 1] or tokens [batch, number, 1], got null",
        "tokensOfNull | tokens takes an image, got null",
        "upsampleOfNull | upsample takes an image, got null",
        "imageOfNull | image takes tokens [batch, 1, channels], got null",
        "sinusoidsOfNull | sinusoids takes one number an image, [batch], got null",
        "attentionOfNull | attention takes tokens [batch, number, 2], got null",
        "single | a takes an image of more than one value in each of 2 groups, got [1, 2, 1, 1]",
        "groups | a must have a multiple of 3 groups as channels, got 2",
        "noGroups | groups of a must be at least 1, got 0",
        "groupsOfVector | a takes an image [batch, 3, height, width], got [1, 3]",
        "upsample | size of upsample must be at least 1, got 0",
        "upsampleOfVector | upsample takes an image, got [1, 3]",
        "upsampleTooFar | upsample takes an image that it makes one of at most 2²⁸ pixels of, got [1, 2, 4, 4]",
        "odd | features of sinusoids must be even and in [2, 65536], got 3",
        "endless | factor of sinusoids must be in [-3.4028234663852886E38, 3.4028234663852886E38], got NaN",
        "sinusoids | sinusoids takes one number an image, [batch], got [1, 3]",
        "tokens | tokens takes an image, got [1, 3]",
        "image | image takes tokens [batch, 12, channels], got [1, 16, 2]",
        "imageOfImage | image takes tokens [batch, 16, channels], got [1, 2, 4, 4]",
        "noHeads | heads of attention must be at least 1, got 0",
        "attention | attention takes tokens [batch, number, 4], got [1, 16, 2]",
        "attentionOfImage | attention takes tokens [batch, number, 2], got [1, 2, 4, 4]",
        "attentionToLess | attention takes values of the shape of its keys [1, 16, 2], got [1, 4, 2]",
        "unnamed | layers must have names that are not blank, got \" \"",
        "empty | outputs of a must be at least 1, got 0",
        "huge | a takes an image that it makes one of at most 2²⁸ pixels of, got [1, 2, 16384, 16384]",
        "addVector | addVector takes a vector of the features of [1, 2, 4, 4], got [1, 3]",
        "multiply | multiplyVector takes a vector of the features of [1, 2, 4, 4], got [1, 3]",
      })
  void layerIsNamedWithWhatItTakes(String layer, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Outline.of(new Wrong(layer)))
        .withMessage(message);
  }
}
