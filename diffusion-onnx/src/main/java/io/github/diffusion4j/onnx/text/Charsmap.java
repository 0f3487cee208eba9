package io.github.diffusion4j.onnx.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * Checks the table by which SentencePiece normalizes characters, {@code precompiled_charsmap}.
 *
 * <p>The native library walks it without looking where it ends, and a damaged table ends the
 * process. The table is, in base64: four bytes with the length of a trie in bytes, the trie in the
 * double-array form of the Darts-clone library, and texts that each end in a zero byte.
 */
final class Charsmap {

  private Charsmap() {}

  /**
   * Checks the tables in a normalizer, at any depth.
   *
   * @throws DiffusionException if one is damaged
   */
  static void check(TokenizerJson file, JsonNode normalizer) {
    for (JsonNode table : normalizer.findValues("precompiled_charsmap")) {
      if (!table.isNull()) {
        check(file, decode(file, table));
      }
    }
  }

  private static ByteBuffer decode(TokenizerJson file, JsonNode table) {
    try {
      return ByteBuffer.wrap(Base64.getDecoder().decode(table.asText()))
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IllegalArgumentException e) {
      throw file.wrong("a precompiled_charsmap in base64", e.toString());
    }
  }

  private static void check(TokenizerJson file, ByteBuffer bytes) {
    int size = bytes.remaining();
    int length = size < 8 ? 0 : bytes.getInt();
    if (length < 4 || length % 4 != 0 || length > size - 4) {
      throw file.wrong(
          "a precompiled_charsmap with a trie of 4 to " + Math.max(4, size - 4) + " bytes",
          length + " in " + size);
    }
    int[] trie = new int[length / 4];
    bytes.asIntBuffer().get(trie);
    byte[] texts = new byte[size - 4 - length];
    bytes.position(4 + length).get(texts);
    String decoded = new String(texts, StandardCharsets.UTF_8);
    if (!ByteBuffer.wrap(texts).equals(StandardCharsets.UTF_8.encode(decoded))) {
      throw file.wrong("a precompiled_charsmap with texts in UTF-8", "other bytes");
    }
    walk(file, trie, texts);
  }

  /** Visits every node that some text leads to, and looks where each of its bytes would lead. */
  private static void walk(TokenizerJson file, int[] trie, byte[] texts) {
    BitSet seen = new BitSet(trie.length);
    Deque<Integer> open = new ArrayDeque<>();
    open.add(offset(trie[0]));
    while (!open.isEmpty()) {
      int base = open.remove();
      // Bytes that no child has lead elsewhere, which is told by their labels, but is read.
      if (base < 0 || (base | 0xFF) >= trie.length) {
        throw file.wrong(
            "a precompiled_charsmap whose trie has " + trie.length + " units", "a step to " + base);
      }
      if (seen.get(base)) {
        continue;
      }
      seen.set(base);
      for (int c = 1; c < 256; c++) {
        int unit = trie[base ^ c];
        if ((unit & 0x800000FF) == c) {
          int next = base ^ c ^ offset(unit);
          if ((unit >> 8 & 1) == 1) {
            checkText(file, next < trie.length && next >= 0 ? trie[next] : -1, texts);
          }
          open.add(next);
        }
      }
    }
  }

  private static void checkText(TokenizerJson file, int leaf, byte[] texts) {
    int at = leaf & 0x7FFFFFFF;
    // Not within a character: continuation bytes are 10xxxxxx.
    if (leaf == -1 || at >= texts.length || (texts[at] & 0xC0) == 0x80) {
      throw file.wrong(
          "a precompiled_charsmap whose trie leads to texts of " + texts.length + " bytes",
          "one at " + at);
    }
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 1 << 9) >>> 6);
  }
}
