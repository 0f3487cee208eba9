package io.github.diffusion4j.train.data;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file in IDX format that is known by its digests.
 *
 * @param plainName its name when unpacked
 * @param packedHash SHA-256 as published, packed by gzip
 * @param contentHash SHA-256 when unpacked
 */
record PublishedFile(String plainName, String packedHash, String contentHash) {

  /** The name of the file as it is published. */
  String packedName() {
    return plainName + ".gz";
  }

  /**
   * Reads this file from a folder, packed or unpacked, and checks that it is the published one.
   *
   * @param folder the folder
   * @param owner the name of the data that the file belongs to, for errors
   */
  IdxFile read(Path folder, String owner) {
    Path packed = folder.resolve(packedName());
    Path plain = folder.resolve(plainName);
    IdxFile file = IdxFile.read(!Files.exists(packed) && Files.exists(plain) ? plain : packed);
    // The content decides, so that a file packed again by another gzip is the same data.
    if (!file.contentHash().equals(contentHash)) {
      throw file.bad(
          owner + "'s file, of unpacked SHA-256 " + contentHash, "SHA-256 " + file.contentHash());
    }
    return file;
  }
}
