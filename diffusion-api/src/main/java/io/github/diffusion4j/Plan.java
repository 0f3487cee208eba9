package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * All questions of a step, and how to make one estimate of the answers.
 *
 * @param queries at least one question
 * @param merge makes one estimate of the answers, given in the order of the questions; a pure
 *     function
 */
public record Plan(List<Query> queries, Function<List<Estimate>, Estimate> merge) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there is no question
   */
  public Plan {
    queries = List.copyOf(queries);
    Checks.require(!queries.isEmpty(), () -> "a plan has at least one query, got none");
  }

  /**
   * One question whose answer is taken as it is.
   *
   * @param query the question
   * @return the plan
   */
  public static Plan of(Query query) {
    return new Plan(List.of(query), answers -> answers.get(0));
  }

  /**
   * Several guidances asked at once, each with its share of what the moment carries ({@link
   * Guidance#memory}).
   *
   * @param now the moment, which carries first what the caller remembers itself, then what the
   *     parts do
   * @param parts at least one guidance
   * @param merge makes one estimate of the parts' estimates, given in their order; what it carries
   *     is the caller's own
   * @return the plan, whose estimate carries the caller's own, then the parts'
   * @throws IllegalArgumentException if there is no part, or the moment carries less than they
   *     remember
   */
  public static Plan join(
      Moment now, List<Guidance> parts, Function<List<Estimate>, Estimate> merge) {
    int memory = parts.stream().mapToInt(Guidance::memory).sum();
    now.checkCarries(memory);
    int from = now.carried().size() - memory;
    List<Plan> plans = new ArrayList<>();
    for (Guidance part : parts) {
      plans.add(part.plan(share(now, from, part)));
      from += part.memory();
    }
    return join(plans, merge);
  }

  /**
   * One of several guidances, the tensors of the others being carried on as they are.
   *
   * @param now the moment
   * @param from the place of the part's first tensor among all that is carried
   * @param part whom to ask
   */
  static Plan alone(Moment now, int from, Guidance part) {
    Plan plan = part.plan(share(now, from, part));
    return new Plan(
        plan.queries,
        answers -> {
          Estimate estimate = plan.merge.apply(answers);
          Checks.require(
              estimate.carried().size() == part.memory(),
              () -> carriesAnother(part.memory(), estimate.carried().size()));
          List<Tensor> carried = new ArrayList<>(now.carried());
          for (int i = 0; i < part.memory(); i++) {
            carried.set(from + i, estimate.carried().get(i));
          }
          return estimate.carrying(carried);
        });
  }

  static String carriesAnother(int expected, int found) {
    return "a guidance carries what it declares, expected " + expected + " tensors, found " + found;
  }

  private static Moment share(Moment now, int from, Guidance part) {
    return now.carrying(now.carried().subList(from, from + part.memory()));
  }

  /**
   * Several plans asked at once.
   *
   * @param plans at least one plan
   * @param merge makes one estimate of the plans' estimates, given in their order, without what
   *     they carry
   * @return the plan, whose estimate carries what the merge adds, then what the plans' estimates
   *     carry
   * @throws IllegalArgumentException if there is no plan
   */
  public static Plan join(List<Plan> plans, Function<List<Estimate>, Estimate> merge) {
    List<Plan> parts = List.copyOf(plans);
    List<Query> all = parts.stream().flatMap(plan -> plan.queries().stream()).toList();
    return new Plan(
        all,
        answers -> {
          List<Estimate> merged = new ArrayList<>();
          List<Tensor> carried = new ArrayList<>();
          int from = 0;
          for (Plan part : parts) {
            int to = from + part.queries().size();
            Estimate estimate = part.merge().apply(answers.subList(from, to));
            carried.addAll(estimate.carried());
            merged.add(estimate.carrying(List.of()));
            from = to;
          }
          Estimate made = merge.apply(merged);
          carried.addAll(0, made.carried());
          return made.carrying(carried);
        });
  }
}
