package io.github.diffusion4j.onnx.text;

import ai.onnxruntime.platform.Fp16Conversions;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.files.SafetensorsBytes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a safetensors file with one tensor a prompt: eight bytes with the length of a JSON header,
 * the header, the values.
 */
final class EmbeddingsFile {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final String METADATA = "__metadata__";

  private EmbeddingsFile() {}

  private enum Type {
    F16(2),
    BF16(2),
    F32(4);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    float get(ByteBuffer values) {
      return switch (this) {
        case F16 -> Fp16Conversions.fp16ToFloat(values.getShort());
        case BF16 -> Float.intBitsToFloat(values.getShort() << 16);
        case F32 -> values.getFloat();
      };
    }
  }

  private record Entry(String prompt, Type type, int dim, long from, int bytes) {}

  /**
   * Reads a file.
   *
   * @return embeddings {@code [1, 77, dim]} by prompt
   * @throws DiffusionException if it is not a whole safetensors file of embeddings
   */
  static Map<String, Tensor> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new DiffusionException(
          file
              + ": expected a safetensors file, found "
              + (Files.exists(file) ? "a folder" : "no such file"));
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      long size = Files.size(file);
      ByteBuffer header =
          SafetensorsBytes.header(in, size, (expected, found) -> wrong(file, expected, found));
      List<Entry> entries = entries(file, header(file, header), size - 8 - header.capacity());
      Map<String, Tensor> embeddings = new HashMap<>();
      for (Entry entry : entries) {
        embeddings.put(
            entry.prompt(), embeddings(file, entry, SafetensorsBytes.read(in, entry.bytes())));
      }
      return Map.copyOf(embeddings);
    } catch (IOException e) {
      throw new DiffusionException(file + ": cannot be read: " + e, e);
    }
  }

  private static JsonNode header(Path file, ByteBuffer bytes) {
    try {
      JsonNode header = JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
      if (!header.isObject()) {
        throw wrong(file, "a JSON object as header", header.getNodeType().toString());
      }
      return header;
    } catch (CharacterCodingException e) {
      throw wrong(file, "a header in UTF-8", "other bytes");
    } catch (JsonProcessingException e) {
      throw wrong(file, "a JSON header", e.getOriginalMessage());
    }
  }

  /** In the order of their values, which follow each other without gaps. */
  private static List<Entry> entries(Path file, JsonNode header, long size) {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().equals(METADATA)) {
        entries.add(entry(file, entry.getKey(), entry.getValue(), size));
      }
    }
    if (entries.isEmpty()) {
      throw wrong(file, "embeddings of at least one prompt", "none");
    }
    entries.sort(Comparator.comparingLong(Entry::from));
    long covered = 0;
    int dim = entries.get(0).dim();
    for (Entry entry : entries) {
      if (entry.from() != covered) {
        throw wrong(
            file,
            "values from offset " + covered,
            "those of " + Prompts.quote(entry.prompt()) + " at " + entry.from());
      }
      if (entry.dim() != dim) {
        throw wrong(
            file,
            "embeddings of one length, " + dim,
            entry.dim() + " for " + Prompts.quote(entry.prompt()));
      }
      covered += entry.bytes();
    }
    if (covered != size) {
      throw wrong(file, covered + " bytes of values", Long.toString(size));
    }
    return entries;
  }

  private static Entry entry(Path file, String prompt, JsonNode about, long size) {
    String name = Prompts.quote(prompt);
    Type type;
    try {
      type = Type.valueOf(about.path("dtype").asText());
    } catch (IllegalArgumentException e) {
      throw wrong(file, "dtype F16, BF16 or F32 of tensor " + name, about.path("dtype").toString());
    }
    JsonNode shape = about.path("shape");
    int rank = shape.size();
    boolean fits = shape.isArray() && (rank == 2 || (rank == 3 && shape.path(0).asInt(0) == 1));
    for (JsonNode axis : shape) {
      fits &= axis.isInt();
    }
    int dim = shape.path(rank - 1).asInt();
    if (!fits || shape.path(rank - 2).asInt() != Tokens.LENGTH || dim < 1) {
      throw wrong(
          file,
          "shape [77, dim] or [1, 77, dim] of tensor " + name,
          shape.isMissingNode() ? "none" : shape.toString());
    }
    long bytes = (long) Tokens.LENGTH * dim * type.bytes;
    JsonNode offsets = about.path("data_offsets");
    long from = offsets.path(0).isIntegralNumber() ? offsets.path(0).asLong(-1) : -1;
    long to = offsets.path(1).isIntegralNumber() ? offsets.path(1).asLong(-1) : -1;
    if (from < 0 || to - from != bytes || to > size || bytes > Integer.MAX_VALUE - 8) {
      throw wrong(
          file,
          "offsets of " + bytes + " bytes within " + size + " for tensor " + name,
          offsets.isMissingNode() ? "none" : offsets.toString());
    }
    return new Entry(prompt, type, dim, from, (int) bytes);
  }

  private static Tensor embeddings(Path file, Entry entry, ByteBuffer bytes) {
    float[] values = new float[Tokens.LENGTH * entry.dim()];
    for (int i = 0; i < values.length; i++) {
      values[i] = entry.type().get(bytes);
    }
    Tensor embeddings = Tensor.of(Shape.of(1, Tokens.LENGTH, entry.dim()), values);
    if (!embeddings.isFinite()) {
      throw wrong(
          file, "finite values", "NaN or infinite ones for " + Prompts.quote(entry.prompt()));
    }
    return embeddings;
  }

  private static DiffusionException wrong(Path file, String expected, String found) {
    return new DiffusionException(
        file
            + ": not a whole safetensors file of embeddings: expected "
            + expected
            + ", found "
            + found);
  }
}
