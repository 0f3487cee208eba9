package io.github.diffusion4j.train.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** One of MNIST's four files: its name, and its digests as published (gzip) and unpacked. */
enum MnistFile {
  TRAIN_IMAGES(
      "train-images-idx3-ubyte",
      "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
  TRAIN_LABELS(
      "train-labels-idx1-ubyte",
      "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
  TEST_IMAGES(
      "t10k-images-idx3-ubyte",
      "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
  TEST_LABELS(
      "t10k-labels-idx1-ubyte",
      "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

  private final String plainName;
  private final String packedHash;
  private final String contentHash;

  MnistFile(String plainName, String packedHash, String contentHash) {
    this.plainName = plainName;
    this.packedHash = packedHash;
    this.contentHash = contentHash;
  }

  /** The name of the file as it is published, packed by gzip. */
  String packedName() {
    return plainName + ".gz";
  }

  /** The digest of the file as it is published. */
  String packedHash() {
    return packedHash;
  }

  /** Reads this file from a folder, packed or unpacked, and checks that it is the published one. */
  IdxFile read(Path folder) {
    Path packed = folder.resolve(packedName());
    Path plain = folder.resolve(plainName);
    IdxFile file = IdxFile.read(!Files.exists(packed) && Files.exists(plain) ? plain : packed);
    // The content decides, so that a file packed again by another gzip is the same data.
    if (!file.contentHash().equals(contentHash)) {
      throw file.bad(
          "MNIST's file, of unpacked SHA-256 " + contentHash, "SHA-256 " + file.contentHash());
    }
    return file;
  }
}
