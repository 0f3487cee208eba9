package io.github.diffusion4j.train.data;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Images and labels in two published files of MNIST's format.
 *
 * @param owner whose files they are
 * @param part which of the owner's sets, "train" or "test"
 * @param images the file of the images
 * @param labels the file of the labels
 */
record PublishedSet(Owner owner, String part, PublishedFile images, PublishedFile labels) {

  /**
   * A data set that has been published.
   *
   * @param name its name, in lower case that of its folder in the cache
   * @param classNames the names of its classes
   * @param call how to name a folder of one's own instead
   * @param mirrors folders that have the files, each ending in a slash
   */
  record Owner(String name, List<String> classNames, String call, List<URI> mirrors) {

    Download download() {
      return new Download(
          mirrors,
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          "; name another cache folder by -Ddiffusion4j.cache, or put the four files into a folder"
              + " of your own and name it: "
              + call);
    }
  }

  /** Reads the files from a folder, packed or not. */
  Dataset read(Path folder) {
    Objects.requireNonNull(folder, "folder");
    IdxFile imageFile = images.read(folder, owner.name());
    IdxFile labelFile = labels.read(folder, owner.name());
    String hash = Idx.hash(images.packedHash(), labels.packedHash());
    List<String> names = owner.classNames();
    return new IdxDataset(
        imageFile, labelFile, names.size(), names, owner.name() + " " + part, hash);
  }

  /** Reads the files from the cache folder, into which they are downloaded before. */
  Dataset cached() {
    return cached(CacheFolder.of(owner.name().toLowerCase(Locale.ROOT)), owner.download());
  }

  Dataset cached(Path folder, Download download) {
    for (PublishedFile file : List.of(images, labels)) {
      download.fetch(file.packedName(), file.packedHash(), folder);
    }
    return read(folder);
  }
}
