package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Filter;
import io.github.diffusion4j.Guidance;
import io.github.diffusion4j.Projection;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.View;
import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Map;

/** The techniques that show several things in one image. Only {@link Pipeline} has them. */
abstract class Illusions<P> {

  /** A request by a technique. */
  abstract Request<P> request(
      String technique, Map<String, String> settings, Technique.Maker<P> maker);

  /**
   * A visual anagram of two prompts: one as the image is, the other through a view.
   *
   * @param plain what to show without the view
   * @param view how the other is looked at
   * @param seen what to show through the view
   * @return the request
   */
  public Request<P> anagram(P plain, View view, P seen) {
    return anagram(List.of(new Look<>(View.identity(), plain), new Look<>(view, seen)));
  }

  /**
   * A visual anagram of any number of looks (Geng, Park and Owens 2024): the mean of what the
   * network says to each.
   *
   * @param looks at least one view with what to show through it
   * @return the request
   * @throws IllegalArgumentException if there is none
   */
  public Request<P> anagram(List<Look<P>> looks) {
    List<Look<P>> all = List.copyOf(looks);
    Checks.require(!all.isEmpty(), () -> "an anagram has at least one look, got none");
    return request(
        "anagram",
        Technique.told(all),
        asked ->
            Sampling.fromNoise(asked.shape())
                .guidance(
                    Guidance.mean(
                        all.stream()
                            .map(look -> asked.guidance(look.prompt()).through(look.view()))
                            .toArray(Guidance[]::new))));
  }

  /**
   * A hybrid image: one prompt gives the component that a filter keeps, the other the rest.
   *
   * @param component such as {@code Filter.gaussianBlur(33, 2)}, the course's, for what is seen
   *     from far away
   * @param inside gives the component
   * @param outside gives the rest
   * @return the request
   */
  public Request<P> hybrid(Filter component, P inside, P outside) {
    return hybrid(List.of(component), List.of(inside, outside));
  }

  /**
   * A hybrid image of several prompts: each gives the component that its filter keeps, and the last
   * the rest.
   *
   * @param components linear filters
   * @param each one prompt for each filter, and one for the rest
   * @return the request
   * @throws IllegalArgumentException if there is not exactly one prompt more than filters
   */
  public Request<P> hybrid(List<Filter> components, List<P> each) {
    List<Filter> filters = List.copyOf(components);
    List<P> shown = List.copyOf(each);
    Checks.require(
        !filters.isEmpty() && shown.size() == filters.size() + 1,
        () ->
            "a hybrid has one prompt more than filters, got "
                + filters.size()
                + " filters and "
                + shown.size()
                + " prompts");
    return request(
        "hybrid",
        Technique.told(shown, "components", filters),
        asked ->
            Sampling.fromNoise(asked.shape())
                .guidance(
                    Guidance.hybrid(
                        filters.stream().map(filter -> filter.enlarged(asked.factor())).toList(),
                        shown.stream().map(asked::guidance).toArray(Guidance[]::new))));
  }

  /**
   * Images of a prompt one component of which is given (an inverse problem, such as colouring: the
   * grayscale component of a photo): {@link Projection#component}.
   *
   * @param component which component
   * @param reference clean images that have it
   * @param prompt what to show
   * @return the request
   */
  public Request<P> complete(Filter component, Tensor reference, P prompt) {
    return request(
            "complete",
            Technique.told(List.of(prompt), "component", component),
            asked ->
                Sampling.fromNoise(asked.shape())
                    .guidance(asked.guidance(prompt))
                    .projection(
                        Projection.component(component.enlarged(asked.factor()), reference)))
        .atLeast(reference.shape().batch());
  }
}
