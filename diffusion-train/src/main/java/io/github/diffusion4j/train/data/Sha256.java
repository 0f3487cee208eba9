package io.github.diffusion4j.train.data;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest that names data. */
final class Sha256 {

  private Sha256() {}

  /** The lower-case hexadecimal digest of the parts, one after another. */
  static String of(byte[]... parts) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
    for (byte[] part : parts) {
      digest.update(part);
    }
    StringBuilder text = new StringBuilder();
    for (byte b : digest.digest()) {
      text.append(String.format("%02x", b & 0xff));
    }
    return text.toString();
  }
}
