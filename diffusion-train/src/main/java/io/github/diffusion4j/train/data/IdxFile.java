package io.github.diffusion4j.train.data;

import io.github.diffusion4j.DiffusionException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The content of an IDX file of unsigned bytes (LeCun, Cortes and Burges 1998): two zero bytes, the
 * type 8, the number of dimensions, each dimension as a big-endian int, the values.
 */
final class IdxFile {

  private static final int UNSIGNED_BYTE = 8;

  private final Path path;
  private final int[] sizes;
  private final byte[] values;
  private final String contentHash;

  private IdxFile(Path path, int[] sizes, byte[] values, String contentHash) {
    this.path = path;
    this.sizes = sizes;
    this.values = values;
    this.contentHash = contentHash;
  }

  /** Reads a file, unpacking it if its content is gzip, whatever its name. */
  static IdxFile read(Path path) {
    byte[] file;
    try {
      file = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new DiffusionException(path + ": expected an IDX file, found no file", e);
    } catch (IOException e) {
      throw new DiffusionException(path + ": cannot be read: " + e, e);
    }
    boolean packed = file.length > 1 && file[0] == (byte) 0x1f && file[1] == (byte) 0x8b;
    try (InputStream plain = new ByteArrayInputStream(file);
        InputStream in = packed ? new GZIPInputStream(plain, 1 << 16) : plain) {
      return parse(path, in);
    } catch (EOFException e) {
      throw new DiffusionException(
          path + ": expected a whole gzip file, found one truncated at byte " + file.length, e);
    } catch (ZipException e) {
      throw new DiffusionException(
          path + ": expected a gzip file, found a damaged one: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new DiffusionException(path + ": cannot be read: " + e, e);
    }
  }

  private static IdxFile parse(Path path, InputStream in) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0 || magic[2] != UNSIGNED_BYTE) {
      throw bad(
          path,
          "the magic number 00 00 08 nn of unsigned bytes",
          magic.length < 4
              ? "a file of " + magic.length + " bytes"
              : HexFormat.ofDelimiter(" ").formatHex(magic));
    }
    int rank = magic[3] & 0xff;
    byte[] header = in.readNBytes(4 * rank);
    if (header.length < 4 * rank) {
      throw bad(path, rank + " sizes of 4 bytes", header.length + " bytes");
    }
    int[] sizes = new int[rank];
    ByteBuffer.wrap(header).asIntBuffer().get(sizes);
    int count = count(path, sizes);
    // Reading takes twice the room of the values, beside what the program has.
    long most = Runtime.getRuntime().maxMemory() / 3;
    if (count > most) {
      throw bad(path, "at most " + most + " values, a third of the Java heap", count + " values");
    }
    byte[] values = in.readNBytes(count);
    if (values.length < count) {
      throw bad(path, count + " values for " + Arrays.toString(sizes), values.length + " values");
    }
    if (in.read() >= 0) {
      throw bad(path, count + " values for " + Arrays.toString(sizes), "more values");
    }
    return new IdxFile(path, sizes, values, Sha256.of(magic, header, values));
  }

  private static int count(Path path, int[] sizes) {
    long count = 1;
    for (int size : sizes) {
      if (size < 1 || count * size > Integer.MAX_VALUE - 8) {
        throw bad(
            path,
            "sizes of at least 1 and at most 2147483639 values together",
            Arrays.toString(sizes));
      }
      count *= size;
    }
    return (int) count;
  }

  private static DiffusionException bad(Path path, String expected, String found) {
    return new DiffusionException(path + ": expected " + expected + ", found " + found);
  }

  /** The exception for something wrong in this file. */
  DiffusionException bad(String expected, String found) {
    return bad(path, expected, found);
  }

  void requireRank(int rank, String what) {
    if (sizes.length != rank) {
      throw bad(rank + " dimensions of " + what, Arrays.toString(sizes));
    }
  }

  Path path() {
    return path;
  }

  int size(int dimension) {
    return sizes[dimension];
  }

  /** The values themselves, not to be changed. */
  byte[] values() {
    return values;
  }

  int value(int index) {
    return values[index] & 0xff;
  }

  /** SHA-256 of the unpacked content. */
  String contentHash() {
    return contentHash;
  }
}
