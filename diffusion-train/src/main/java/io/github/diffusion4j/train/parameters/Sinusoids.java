package io.github.diffusion4j.train.parameters;

/** The frequencies at which a number is told (Vaswani et al. 2017, section 3.5). */
public final class Sinusoids {

  private static final double LONGEST = 10_000;

  private Sinusoids() {}

  /**
   * What a number is multiplied with to be an angle: {@code factor·10000^(-2i/features)}.
   *
   * @param features the number of cosines and sines together
   * @param factor the highest frequency
   * @return half as many as features
   */
  public static double[] frequencies(int features, double factor) {
    double[] frequencies = new double[features / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = factor * Math.pow(LONGEST, -(double) i / frequencies.length);
    }
    return frequencies;
  }
}
