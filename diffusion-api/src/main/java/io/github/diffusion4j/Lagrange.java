package io.github.diffusion4j;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;

/**
 * Integrals of the polynomials through nodes, by Gauss's and Legendre's rule: exact for
 * polynomials, and to 1e-15 for those times {@code e^u} over 50 units of u.
 */
final class Lagrange {

  private static final GaussIntegrator RULE = new GaussIntegratorFactory().legendre(32);

  private Lagrange() {}

  static double integral(double from, double to, DoubleUnaryOperator function) {
    double half = (to - from) / 2;
    return half * RULE.integrate(t -> function.applyAsDouble(from + half * (1 + t)));
  }

  /** ∫ f·Lᵢ for each node i, where Lᵢ is 1 at its node and 0 at the others. */
  static double[] integrals(double[] nodes, double from, double to, DoubleUnaryOperator function) {
    double[] integrals = new double[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      int own = i;
      integrals[i] = integral(from, to, u -> function.applyAsDouble(u) * basis(nodes, own, u));
    }
    return integrals;
  }

  private static double basis(double[] nodes, int own, double u) {
    double product = 1;
    for (int k = 0; k < nodes.length; k++) {
      product *= k == own ? 1 : (u - nodes[k]) / (nodes[own] - nodes[k]);
    }
    return product;
  }
}
