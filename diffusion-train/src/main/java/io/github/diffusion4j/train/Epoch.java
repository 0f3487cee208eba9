package io.github.diffusion4j.train;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalDouble;

/**
 * One pass over the data set: steps that are made as they are asked for.
 *
 * <p>Leaving the loop early is fine: the epoch ends when its last step has been made, or when the
 * trainer is asked for the next epoch, and then its checkpoint is written. If the loop over the
 * trainer is left too, the steps since the last checkpoint are not kept.
 *
 * <p>The first epoch of a resumed run may have begun before: its loop goes on where the checkpoint
 * was written.
 */
public final class Epoch implements Iterable<TrainingStep> {

  /**
   * How far an epoch has come.
   *
   * @param steps the number of steps made
   * @param lossSum the sum of their losses
   */
  record Begun(int steps, double lossSum) {
    static final Begun NONE = new Begun(0, 0);
  }

  private final RunLoop loop;
  private final int number;
  private final int steps;
  private final int[] order;
  private int made;
  private boolean ended;
  private double lossSum;
  private OptionalDouble validationLoss = OptionalDouble.empty();

  Epoch(RunLoop loop, int number, int steps, int[] order, Begun begun) {
    this.loop = loop;
    this.number = number;
    this.steps = steps;
    this.order = order;
    this.made = begun.steps();
    this.lossSum = begun.lossSum();
  }

  /** Its number, from 1. */
  public int number() {
    return number;
  }

  /** The number of steps of the whole epoch. */
  public int steps() {
    return steps;
  }

  /**
   * The mean loss of the steps made so far, each counted once, a last one of fewer images too; NaN
   * before the first.
   */
  public double meanLoss() {
    synchronized (loop) {
      return lossSum / made;
    }
  }

  /**
   * The loss after it on the images that the data set {@linkplain
   * io.github.diffusion4j.train.data.Dataset#validatedOn holds back}, with the run's loss weighting
   * and conditioning dropout, as {@link TrainedDenoiser#loss}.
   *
   * @return their mean loss, worker 0's where there are several; empty before the epoch has ended,
   *     and where no images are held back
   */
  public OptionalDouble validationLoss() {
    synchronized (loop) {
      return validationLoss;
    }
  }

  /**
   * The steps not made yet. All iterators of an epoch share its progress.
   *
   * @return makes a step at every call of {@code next}, which throws {@link
   *     io.github.diffusion4j.DiffusionException} where the loss is no longer finite, a file cannot
   *     be written or a worker is lost, what the data set throws where an image cannot be read
   *     (after the last step, which is made then, one that is held back), {@link
   *     IllegalArgumentException} where the data of the step are not of the network's sizes or
   *     ranges, {@link IllegalStateException} after that and when the trainer is closed
   */
  @Override
  public Iterator<TrainingStep> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        synchronized (loop) {
          return !ended && made < steps;
        }
      }

      @Override
      public TrainingStep next() {
        synchronized (loop) {
          if (!hasNext()) {
            throw new NoSuchElementException(
                "epoch " + number + " has ended after " + made + " steps");
          }
          TrainingStep step = loop.step(Epoch.this, order, made);
          made++;
          lossSum += step.loss();
          if (made == steps) {
            end();
          } else {
            loop.within(step);
          }
          return step;
        }
      }
    };
  }

  Begun begun() {
    return new Begun(made, lossSum);
  }

  /** Leaves it without a step, as if it had not begun. */
  void leave() {
    ended = true;
  }

  /** Ends the epoch: nothing happens if it has ended. */
  void end() {
    if (!ended) {
      validationLoss = loop.ended(this); // asked again where this fails
      ended = true;
      loop.drawEpoch(number);
    }
  }
}
