package io.github.diffusion4j.train.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.diffusion4j.train.net.Input;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/** The digest that names data. */
final class Sha256 {

  private Sha256() {}

  /**
   * The digest of a set's sizes and, image by image, its values as float32, its label and, if there
   * is one, length and UTF-8 bytes of its caption.
   */
  static String of(Dataset data) {
    MessageDigest digest = digest();
    float[] image = new float[data.channels() * data.height() * data.width()];
    ByteBuffer bytes = ByteBuffer.allocate(4 * Math.max(5, image.length + 1));
    for (int size :
        new int[] {data.size(), data.channels(), data.height(), data.width(), data.classes()}) {
      bytes.putInt(size);
    }
    digest.update(bytes.flip());
    for (int i = 0; i < data.size(); i++) {
      data.image(i, image, 0);
      bytes.clear();
      for (float value : image) {
        bytes.putFloat(value);
      }
      bytes.putInt(data.label(i));
      digest.update(bytes.flip());
      data.caption(i).map(text -> text.getBytes(UTF_8)).ifPresent(text -> update(digest, text));
    }
    new TreeMap<>(data.conditions())
        .forEach((name, shape) -> update(digest, data, new Input(name, shape)));
    return hex(digest);
  }

  private static void update(MessageDigest digest, Dataset data, Input condition) {
    update(digest, (condition.name() + condition.shape()).getBytes(UTF_8));
    float[] values = new float[condition.elements()];
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(4, values.length));
    for (int i = 0; i < data.size(); i++) {
      data.condition(condition.name(), i, values, 0);
      bytes.asFloatBuffer().put(values);
      digest.update(bytes.array());
    }
  }

  /** The digest of a condition's name and shape and, image by image, its values. */
  static String of(Dataset data, Input condition) {
    MessageDigest digest = digest();
    update(digest, data, condition);
    return hex(digest);
  }

  /** The lower-case hexadecimal digest of the parts, one after another. */
  static String of(byte[]... parts) {
    MessageDigest digest = digest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return hex(digest);
  }

  private static void update(MessageDigest digest, byte[] caption) {
    digest.update(ByteBuffer.allocate(4).putInt(caption.length).flip());
    digest.update(caption);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
