package io.github.diffusion4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.files.SafetensorsBytes;
import io.github.diffusion4j.internal.files.WholeFiles;
import io.github.diffusion4j.train.parameters.Values;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The safetensors format: eight bytes with the length of a JSON header, the header, the values.
 *
 * @param metadata texts by name
 * @param tensors values by name
 */
record Safetensors(Map<String, String> metadata, Map<String, Values> tensors) {

  private static final String METADATA = "__metadata__";

  /** The name of the checksum of all metadata and values among the metadata of a file. */
  private static final String CHECKSUM = "crc32c";

  /** Writes a file whole or not at all, with a checksum. */
  void write(Path file) {
    Map<String, String> told = new LinkedHashMap<>(metadata);
    told.put(CHECKSUM, checksum(metadata, tensors));
    Map<String, Object> header = new LinkedHashMap<>();
    header.put(METADATA, told);
    long offset = 0;
    for (Map.Entry<String, Values> entry : new TreeMap<>(tensors).entrySet()) {
      Values values = entry.getValue();
      long end = offset + values.bytes().remaining();
      Map<String, Object> about = new LinkedHashMap<>();
      about.put("dtype", values.isDouble() ? "F64" : "F32");
      about.put("shape", values.shape());
      about.put("data_offsets", List.of(offset, end));
      header.put(entry.getKey(), about);
      offset = end;
    }
    WholeFiles.writeDurably(
        file,
        out -> {
          byte[] text = Settings.JSON.writeValueAsBytes(header);
          int padding = (8 - text.length % 8) % 8;
          ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          out.write(length.putLong(text.length + padding).array());
          out.write(text);
          out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
          for (Values values : new TreeMap<>(tensors).values()) {
            write(values.bytes(), out);
          }
        });
  }

  /** Not by a channel, which an interrupt of the thread would close. */
  private static void write(ByteBuffer bytes, OutputStream out) throws IOException {
    byte[] part = new byte[1 << 16];
    while (bytes.hasRemaining()) {
      int count = Math.min(part.length, bytes.remaining());
      bytes.get(part, 0, count);
      out.write(part, 0, count);
    }
  }

  /**
   * Reads a file.
   *
   * @throws DiffusionException if it is not a whole safetensors file of float32 and float64, or has
   *     the checksum of other values
   */
  static Safetensors read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      long size = Files.size(file);
      ByteBuffer header =
          SafetensorsBytes.header(in, size, (expected, found) -> wrong(file, expected, found));
      long rest = size - 8 - header.capacity();
      return parse(file, StandardCharsets.UTF_8.decode(header).toString(), in, rest);
    } catch (IOException e) {
      throw new DiffusionException("file " + file + " cannot be read: " + e, e);
    }
  }

  private static Safetensors parse(Path file, String text, InputStream in, long size)
      throws IOException {
    JsonNode header;
    try {
      header = Settings.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw wrong(file, "a JSON header", e.getOriginalMessage());
    }
    if (!header.isObject()) {
      throw wrong(file, "a JSON object as header", header.getNodeType().toString());
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals(METADATA)) {
        entry.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        entries.add(entry(file, entry.getKey(), entry.getValue(), size));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::from).thenComparingInt(Entry::bytes));
    Map<String, Values> tensors = new TreeMap<>();
    long covered = 0;
    for (Entry entry : entries) {
      if (entry.from() != covered) {
        throw wrong(
            file,
            "values from offset " + covered,
            "those of " + entry.name() + " at " + entry.from());
      }
      tensors.put(
          entry.name(),
          new Values(entry.isDouble(), entry.shape(), SafetensorsBytes.read(in, entry.bytes())));
      covered += entry.bytes();
    }
    if (covered != size) {
      throw wrong(file, covered + " bytes of values", Long.toString(size));
    }
    String told = metadata.remove(CHECKSUM);
    if (told != null) {
      String found = checksum(metadata, tensors);
      if (!told.equals(found)) {
        throw wrong(file, "metadata and values of CRC-32C " + told, found);
      }
    }
    return new Safetensors(metadata, tensors);
  }

  private static String checksum(Map<String, String> metadata, Map<String, Values> tensors) {
    CRC32C checksum = new CRC32C();
    checksum.update(new TreeMap<>(metadata).toString().getBytes(StandardCharsets.UTF_8));
    new TreeMap<>(tensors).values().forEach(values -> checksum.update(values.bytes()));
    return Long.toHexString(checksum.getValue());
  }

  private record Entry(String name, boolean isDouble, List<Integer> shape, long from, int bytes) {}

  private static Entry entry(Path file, String name, JsonNode about, long size) {
    String type = about.path("dtype").asText();
    if (!type.equals("F32") && !type.equals("F64")) {
      throw wrong(file, "dtype F32 or F64 of tensor " + name, type);
    }
    List<Integer> shape = new ArrayList<>();
    long bytes = type.equals("F64") ? 8 : 4;
    for (JsonNode axis : about.path("shape")) {
      if (!axis.canConvertToInt() || axis.asInt() < 0) {
        throw wrong(file, "lengths of axes of tensor " + name, about.path("shape").toString());
      }
      shape.add(axis.asInt());
      bytes = Math.min(bytes * axis.asInt(), Integer.MAX_VALUE + 1L);
    }
    long from = about.path("data_offsets").path(0).asLong(-1);
    long to = about.path("data_offsets").path(1).asLong(-1);
    if (from < 0 || to - from != bytes || to > size || bytes > Integer.MAX_VALUE) {
      throw wrong(
          file,
          "offsets of " + bytes + " bytes within " + size + " for tensor " + name,
          about.path("data_offsets").toString());
    }
    return new Entry(name, type.equals("F64"), shape, from, (int) bytes);
  }

  private static DiffusionException wrong(Path file, String expected, String found) {
    return new DiffusionException(
        "file "
            + file
            + " is not a whole safetensors file: expected "
            + expected
            + ", found "
            + found);
  }
}
