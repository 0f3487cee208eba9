package io.github.diffusion4j.train;

import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.NoiseSchedule;

/** Rectified flow whose clock, after some draws, shows a time that float32 cannot hold. */
final class Spoilt implements NoiseSchedule {

  private final NoiseSchedule flow = NoiseSchedule.rectifiedFlow();
  private int good;

  Spoilt(int goodDraws) {
    this.good = goodDraws;
  }

  @Override
  public NoiseLevel at(double position) {
    NoiseLevel level = flow.at(position);
    return good-- > 0 ? level : NoiseLevel.of(level.signal(), level.noise(), 1e300);
  }

  @Override
  public double first() {
    return flow.first();
  }

  @Override
  public double last() {
    return flow.last();
  }

  @Override
  public boolean isDiscrete() {
    return false;
  }

  @Override
  public String toString() {
    return flow.toString();
  }
}
