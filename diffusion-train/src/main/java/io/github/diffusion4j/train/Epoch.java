package io.github.diffusion4j.train;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * One pass over the data set: steps that are made as they are asked for.
 *
 * <p>Leaving the loop early is fine: the epoch ends when its last step has been made, or when the
 * trainer is asked for the next epoch, and then its checkpoint is written. If the loop over the
 * trainer is left too, the steps since the last checkpoint are not kept.
 */
public final class Epoch implements Iterable<TrainingStep> {

  private final Trainer trainer;
  private final int number;
  private final int steps;
  private final int[] order;
  private int made;
  private boolean ended;
  private double lossSum;

  Epoch(Trainer trainer, int number, int steps, int[] order) {
    this.trainer = trainer;
    this.number = number;
    this.steps = steps;
    this.order = order;
  }

  /** Its number, from 1. */
  public int number() {
    return number;
  }

  /** The number of steps of the whole epoch. */
  public int steps() {
    return steps;
  }

  /** The learning rate of its steps. */
  public double rate() {
    return trainer.training().rateOf(number);
  }

  /** The mean loss of the steps made so far; NaN before the first. */
  public double meanLoss() {
    synchronized (trainer) {
      return lossSum / made;
    }
  }

  /**
   * The steps not made yet. All iterators of an epoch share its progress.
   *
   * @return makes a step at every call of {@code next}
   */
  @Override
  public Iterator<TrainingStep> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        synchronized (trainer) {
          return !ended && made < steps;
        }
      }

      @Override
      public TrainingStep next() {
        synchronized (trainer) {
          if (!hasNext()) {
            throw new NoSuchElementException(
                "epoch " + number + " has ended after " + made + " steps");
          }
          TrainingStep step = trainer.step(Epoch.this, order, made);
          made++;
          lossSum += step.loss();
          if (made == steps) {
            end();
          }
          return step;
        }
      }
    };
  }

  /** Ends the epoch: nothing happens if it has ended. */
  void end() {
    if (!ended) {
      ended = true;
      trainer.ended(this);
    }
  }
}
