package io.github.diffusion4j;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** What the form of an exponential integrator has beside its order. */
record Traits(Set<Trait> all) {

  /** A trait and its words in the solver's text. */
  enum Trait {
    ON_NOISE(", on noise"),
    BH1(", bh1"),
    STOCHASTIC(", stochastic"),
    HEUN(", heun"),
    SINGLESTEP(", singlestep"),
    FULL_ORDER_AT_END(", full order at the end"),
    EULER_AT_END(", euler at the end"),
    DEIS("");

    private final String words;

    Trait(String words) {
      this.words = words;
    }
  }

  static final Traits NONE = new Traits(Set.of());

  boolean has(Trait trait) {
    return all.contains(trait);
  }

  Traits with(Trait trait, boolean has) {
    EnumSet<Trait> changed = EnumSet.of(trait);
    changed.addAll(all);
    if (!has) {
      changed.remove(trait);
    }
    return new Traits(Set.copyOf(changed));
  }

  /** Whether it puts clean images together, else noise. */
  boolean isData() {
    return !has(Trait.ON_NOISE) && !has(Trait.DEIS);
  }

  /** The order with so many steps left. */
  int order(int order, int left) {
    return has(Trait.FULL_ORDER_AT_END) ? order : Math.min(order, left);
  }

  @Override
  public String toString() {
    return Arrays.stream(Trait.values()).filter(this::has).map(t -> t.words).collect(joining());
  }
}
