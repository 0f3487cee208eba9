package io.github.diffusion4j.train.torch;

import java.util.Map;

/**
 * What a step of training looks at. Every array but the images has one entry for each image, but
 * where it says otherwise.
 *
 * @param shape {@code [batch, channels, height, width]}
 * @param images the clean images
 * @param signal a, the factor of the clean image in the network's input
 * @param noise s, the factor of the noise in the network's input
 * @param cleanFactor c₀, the factor of the clean image in the target
 * @param noiseFactor c₁, the factor of the noise in the target
 * @param weights how much each squared error counts; empty if all count the same
 * @param conditions the values of the network's other inputs, by name
 */
@SuppressWarnings("ArrayRecordComponent")
public record Batch(
    long[] shape,
    float[] images,
    float[] signal,
    float[] noise,
    float[] cleanFactor,
    float[] noiseFactor,
    float[] weights,
    Map<String, float[]> conditions) {}
