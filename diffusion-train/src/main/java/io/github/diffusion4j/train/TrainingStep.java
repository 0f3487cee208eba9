package io.github.diffusion4j.train;

/**
 * A step of training that has been made.
 *
 * @param number the number of steps made in the whole run, from 1
 * @param index its place in the epoch, from 1
 * @param steps the number of steps of the epoch
 * @param rate its learning rate
 * @param loss the mean squared error of its batch, before the step, weighted as the objective says
 */
public record TrainingStep(long number, int index, int steps, double rate, double loss) {}
