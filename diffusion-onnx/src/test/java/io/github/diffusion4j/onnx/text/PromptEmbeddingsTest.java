package io.github.diffusion4j.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptEmbeddingsTest {

  @TempDir private Path folder;

  /** A header, and as many bytes. */
  private Path file(String header, byte[] values) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + text.length + values.length).order(ByteOrder.LITTLE_ENDIAN);
    return Files.write(
        folder.resolve("prompts.safetensors"),
        all.putLong(text.length).put(text).put(values).array());
  }

  private static String entry(String prompt, String type, String shape, int from, int to) {
    return String.format(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
        prompt, type, shape, from, to);
  }

  private static ByteBuffer over(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void everyTypeAndBothShapesAreRead() throws IOException {
    byte[] bytes = new byte[77 * 2 * 8];
    ByteBuffer values = over(bytes);
    for (int i = 0; i < 154; i++) {
      values.putShort((short) 0x3E00); // 1.5 in float16
    }
    for (int i = 0; i < 154; i++) {
      values.putFloat(i - 0.25f);
    }
    for (int i = 0; i < 154; i++) {
      values.putShort((short) 0xC0A0); // −5 in bfloat16
    }
    PromptEmbeddings embeddings =
        PromptEmbeddings.read(
            file(
                "{"
                    + entry("wide", "F32", "[1,77,2]", 308, 924)
                    + ",\"__metadata__\":{\"from\":\"a test\"},"
                    + entry("", "F16", "[77,2]", 0, 308)
                    + ","
                    + entry("a cat, Œuvre 🐈 \\n\\\"", "BF16", "[77,2]", 924, 1232)
                    + "}  ",
                bytes));

    assertThat(embeddings.of("").shape()).isEqualTo(Shape.of(1, 77, 2));
    assertThat(embeddings.of("").toArray()).containsOnly(1.5f);
    assertThat(embeddings.of("a cat, Œuvre 🐈 \n\"").toArray()).containsOnly(-5f);
    Tensor wide = embeddings.of("wide");
    assertThat(wide.get(0, 0, 1)).isEqualTo(0.75f);
    assertThat(wide.get(0, 76, 1)).isEqualTo(152.75f);
    assertThat(embeddings.toString()).contains("prompts.safetensors", "3 prompts");
  }

  @Test
  void float16IsReadExactly() throws IOException {
    byte[] bytes = new byte[77 * 2];
    ByteBuffer values = over(bytes);
    short[] bits = {0, (short) 0x8000, 1, 0x03FF, 0x0400, 0x7BFF, (short) 0xFBFF, 0x3555};
    for (short b : bits) {
      values.putShort(b);
    }
    float[] read =
        PromptEmbeddings.read(file("{" + entry("p", "F16", "[77,1]", 0, 154) + "}", bytes))
            .of("p")
            .toArray();

    assertThat(Arrays.copyOf(read, bits.length))
        .containsExactly(
            0f, -0f, 0x1p-24f, 1023 * 0x1p-24f, 0x1p-14f, 65504f, -65504f, 1365 * 0x1p-12f);
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without checks of nulls may do
  void anUnknownPromptIsNamedWithTwentyKnownOnes() throws IOException {
    StringJoiner header = new StringJoiner(",", "{", "}");
    for (int i = 0; i < 25; i++) {
      header.add(entry(String.format("prompt %02d", i), "F16", "[77,1]", 154 * i, 154 * (i + 1)));
    }
    PromptEmbeddings embeddings =
        PromptEmbeddings.read(file(header.toString(), new byte[25 * 154]));

    assertThatThrownBy(() -> embeddings.of("a dog"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "prompts.safetensors", "\"a dog\"", "\"prompt 00\"", "\"prompt 19\" and 5 more")
        .hasMessageNotContaining("prompt 20");
    assertThatNullPointerException().isThrownBy(() -> embeddings.of(null)).withMessage("prompt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | a JSON object as header, found ARRAY",
        "{, | a JSON header",
        "{} | at least one prompt, found none",
        "{`__metadata__`:{}} | at least one prompt, found none",
        "{`p`:{}} | dtype F16, BF16 or F32 of tensor `p`",
        "{`p`:5} | dtype F16, BF16 or F32 of tensor `p`",
        "{`p`:{`dtype`:`F64`,`shape`:[77,1],`data_offsets`:[0,154]}} | dtype F16, BF16 or F32",
        "{`p`:{`dtype`:`F16`,`shape`:[76,1],`data_offsets`:[0,154]}} | [77, dim]",
        "{`p`:{`dtype`:`F16`,`shape`:[2,77,1],`data_offsets`:[0,308]}} | [1, 77, dim]",
        "{`p`:{`dtype`:`F16`,`shape`:[77],`data_offsets`:[0,154]}} | [77, dim]",
        "{`p`:{`dtype`:`F16`,`shape`:[],`data_offsets`:[0,154]}} | [77, dim]",
        "{`p`:{`dtype`:`F16`,`shape`:[77,0],`data_offsets`:[0,0]}} | [77, dim]",
        "{`p`:{`dtype`:`F16`,`shape`:[77,1.0],`data_offsets`:[0,154]}} | [77, dim]",
        "{`p`:{`dtype`:`F16`,`shape`:[77,9000000000],`data_offsets`:[0,154]}} | [77, dim]",
        "{`p`:{`dtype`:`F16`,`shape`:[77,2000000000],`data_offsets`:[0,154]}} | offsets of",
        "{`p`:{`dtype`:`F16`,`data_offsets`:[0,154]}} | found none",
        "{`p`:{`dtype`:`F16`,`shape`:[77,1]}} | offsets of 154 bytes",
        "{`p`:{`dtype`:`F16`,`shape`:[77,1],`data_offsets`:[0,153]}} | offsets of 154 bytes",
        "{`p`:{`dtype`:`F16`,`shape`:[77,1],`data_offsets`:[-1,153]}} | offsets of 154 bytes",
        "{`p`:{`dtype`:`F16`,`shape`:[77,1],`data_offsets`:[2,156]}} | offsets of 154 bytes",
        "{`p`:{`dtype`:`F16`,`shape`:[77,1],`data_offsets`:[0,154]},"
            + "`p`:{`dtype`:`F16`,`shape`:[77,1],`data_offsets`:[0,154]}} | a JSON header",
        "{`p`:{`dtype`:`F16`,`shape`:[77,1],`data_offsets`:[0,154]},"
            + "`q`:{`dtype`:`F16`,`shape`:[77,1],`data_offsets`:[0,154]}} | from offset 154",
        "{`p`:{`dtype`:`F16`,`shape`:[77,1],`data_offsets`:[0,154]}} x | a JSON header",
      })
  void aDamagedHeaderIsNamed(String header, String expected) throws IOException {
    Path file = file(header.replace('`', '"'), new byte[154]);

    assertThatThrownBy(() -> PromptEmbeddings.read(file))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            "prompts.safetensors", "expected ", expected.replace('`', '"'), "found ");
  }

  @Test
  void promptsOfDifferentEncodersAreRefused() throws IOException {
    Path file =
        file(
            "{"
                + entry("p", "F16", "[77,1]", 0, 154)
                + ","
                + entry("q", "F16", "[77,2]", 154, 462)
                + "}",
            new byte[462]);

    assertThatThrownBy(() -> PromptEmbeddings.read(file))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("one length, 1", "2 for \"q\"");
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() throws IOException {
    byte[] bytes = new byte[154];
    over(bytes).putShort(100, (short) 0x7E00);
    Path file = file("{" + entry("p", "F16", "[77,1]", 0, 154) + "}", bytes);

    assertThatThrownBy(() -> PromptEmbeddings.read(file))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("finite", "\"p\"");
  }

  @Test
  void valuesThatNoPromptHasAreRefused() throws IOException {
    Path file = file("{" + entry("p", "F16", "[77,1]", 0, 154) + "}", new byte[155]);

    assertThatThrownBy(() -> PromptEmbeddings.read(file))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("154 bytes of values", "155");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 9, 40, 80, 200})
  void aFileThatEndsEarlyIsNamed(int length) throws IOException {
    Path file = file("{" + entry("p", "F16", "[77,1]", 0, 154) + "}", new byte[154]);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));

    assertThatThrownBy(() -> PromptEmbeddings.read(file))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("prompts.safetensors", "expected ", "found ");
  }

  @Test
  void aHeaderThatIsNotUtf8IsNamed() throws IOException {
    Path file = file("{\"pppp\":{}}", new byte[0]);
    byte[] bytes = Files.readAllBytes(file);
    bytes[10] = (byte) 0xFF;
    Files.write(file, bytes);

    assertThatThrownBy(() -> PromptEmbeddings.read(file))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void aMissingFileAndAFolderAreNamed() {
    assertThatThrownBy(() -> PromptEmbeddings.read(folder.resolve("none.safetensors")))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("none.safetensors", "expected a safetensors file", "no such file");
    assertThatThrownBy(() -> PromptEmbeddings.read(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(folder.toString(), "found a folder");
  }
}
