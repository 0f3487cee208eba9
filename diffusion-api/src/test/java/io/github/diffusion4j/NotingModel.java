package io.github.diffusion4j;

import java.util.ArrayList;
import java.util.List;

/** A model that notes what it is told, and whose answer depends on the level but not the clock. */
record NotingModel(NoiseSchedule schedule, PredictionType prediction, List<NoiseLevel> told)
    implements DiffusionModel {

  NotingModel(NoiseSchedule schedule, PredictionType prediction) {
    this(schedule, prediction, new ArrayList<>());
  }

  @Override
  public List<Estimate> estimate(List<Query> queries) {
    return queries.stream().map(this::answer).toList();
  }

  private Estimate answer(Query query) {
    NoiseLevel level = query.level();
    told.add(level);
    return prediction.split(query.x(), query.x().times(0.1 + level.noise() / 20), level);
  }

  @Override
  public void close() {}
}
