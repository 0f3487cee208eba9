package io.github.diffusion4j.internal;

/** The metadata keys by which the writer and the reader of a model understand each other. */
public final class ModelMetadata {

  /** What every key begins with. */
  public static final String PREFIX = "diffusion4j.";

  /** The key of what the network predicts. */
  public static final String PREDICTION = PREFIX + "prediction";

  /** The key of the noise schedule. */
  public static final String SCHEDULE = PREFIX + "schedule";

  /** The key of what the data were: a JSON object. */
  public static final String DATA = PREFIX + "data";

  /** The entry of the data with the names of the classes, a list by label. */
  public static final String CLASS_NAMES = "classNames";

  private ModelMetadata() {}
}
