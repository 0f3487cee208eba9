package io.github.diffusion4j.train;

import java.util.Optional;

/** The version of this library. */
final class Version {

  private Version() {}

  static String text() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .or(
            () ->
                Version.class.getModule().getDescriptor() == null
                    ? Optional.empty()
                    : Version.class.getModule().getDescriptor().rawVersion())
        .orElse("unknown");
  }
}
