package io.github.diffusion4j.train.net;

import java.util.List;

/**
 * The values of a parameter, copied out of the engine.
 *
 * @param shape the lengths of its axes
 * @param values its values in row-major order; not copied again, so leave them alone
 */
@SuppressWarnings("ArrayRecordComponent")
public record Weights(List<Integer> shape, float[] values) {}
