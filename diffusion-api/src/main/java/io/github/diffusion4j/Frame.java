package io.github.diffusion4j;

/**
 * A run after one of its steps, of which each is one network call: methods of two stages make two
 * of a step of the request.
 *
 * @param index the number of steps made, from 1 to {@code steps}
 * @param steps the number of steps of the run, from where it started
 * @param level the noise level reached
 * @param sample the images there
 * @param estimate what the step thought the images before it to be made of; its clean part is the
 *     preview of the result
 */
public record Frame(int index, int steps, NoiseLevel level, Tensor sample, Estimate estimate) {}
