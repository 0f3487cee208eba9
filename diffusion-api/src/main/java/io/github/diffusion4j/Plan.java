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
   * Several plans asked at once.
   *
   * @param plans at least one plan
   * @param merge makes one estimate of the plans' estimates, given in their order
   * @return the plan
   * @throws IllegalArgumentException if there is no plan
   */
  public static Plan join(List<Plan> plans, Function<List<Estimate>, Estimate> merge) {
    List<Plan> parts = List.copyOf(plans);
    List<Query> all = parts.stream().flatMap(plan -> plan.queries().stream()).toList();
    return new Plan(
        all,
        answers -> {
          List<Estimate> merged = new ArrayList<>();
          int from = 0;
          for (Plan part : parts) {
            int to = from + part.queries().size();
            merged.add(part.merge().apply(answers.subList(from, to)));
            from = to;
          }
          return merge.apply(merged);
        });
  }
}
