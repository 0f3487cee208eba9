package io.github.diffusion4j.onnx;

import static io.github.diffusion4j.onnx.Models.counting;
import static io.github.diffusion4j.onnx.Models.plus;
import static io.github.diffusion4j.onnx.Models.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.github.diffusion4j.DiffusionException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderTest {

  private static void assumeCpuArtifact() {
    assumeFalse(OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA));
  }

  @Test
  void cudaWithoutFallbackIsRefusedWithTheCauseAndWhatToDo() {
    assumeCpuArtifact();
    assertThatThrownBy(
            () ->
                OnnxDenoiser.builder(Models.file("constant-flow")).provider(Provider.cuda()).open())
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            "constant-flow.onnx", "cuda(0)", "Failed to find CUDA", "onnxruntime_gpu instead of");
  }

  @Test
  void aFallbackIsTakenAndLoggedInOneLine() {
    assumeCpuArtifact();
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (OnnxDenoiser model =
        OnnxDenoiser.builder(Models.file("constant-flow"))
            .provider(Provider.cuda().orElse(Provider.cpu()))
            .open()) {
      assertThat(model.provider()).isEqualTo(Provider.cpu());
      assertThat(model.estimate(query(counting(1, 1, 2, 2), 0)).clean())
          .isEqualTo(plus(counting(1, 1, 2, 2), 0.25));
    } finally {
      System.setErr(before);
    }
    assertThat(log.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("cuda(0) cannot be used, trying cpu: ", "onnxruntime_gpu");
  }

  @Test
  void aBadFileIsABadFileOnEveryProvider() {
    assertThatThrownBy(
            () ->
                OnnxDenoiser.builder(Models.file("no-image"))
                    .provider(Provider.cuda().orElse(Provider.cpu()))
                    .open())
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("one image input");
  }

  @Test
  void providersAreTriedInTheirOrder() {
    Provider order =
        Provider.cuda(1).orElse(Provider.cuda().memoryLimit(1L << 30)).orElse(Provider.cpu());

    assertThat(order).hasToString("cuda(1) or cuda(0) or cpu");
    assertThat(order.candidates())
        .containsExactly(Provider.cuda(1), Provider.cuda(0).memoryLimit(1L << 30), Provider.cpu());
    assertThat(order).isNotEqualTo(Provider.cuda(1));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> Provider.cuda(-1))
        .hasMessage("CUDA device must be at least 0, got -1");
    assertThatThrownBy(() -> Provider.cuda().memoryLimit(0))
        .hasMessage("memory limit must be at least 1, got 0");
    assertThatThrownBy(() -> Provider.cpu().memoryLimit(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cpu");
    assertThatThrownBy(() -> OnnxDenoiser.builder(Models.file("class")).threads(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be in [1, 1024], got 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Failed to find CUDA shared provider | onnxruntime_gpu instead of onnxruntime",
        "CUDA execution provider is not enabled in this build. | onnxruntime_gpu",
        "This binary was not compiled with CUDA support. | onnxruntime_gpu",
        "Failed to load library /tmp/x/libonnxruntime_providers_cuda.so with error:"
            + " libcublasLt.so.12: cannot open shared object file | CUDA 12 library"
            + " libcublasLt.so.12 is missing",
        "error: libcuda.so.1: cannot open shared object file | NVIDIA driver is missing",
        "error: libcudnn.so.9: cannot open shared object file | cuDNN 9 is missing (libcudnn.so.9)",
        "LoadLibrary failed with error 126 \"\" when trying to load | bin folders to PATH",
        "cuDNN is not available. Install cuDNN, update | install cuDNN 9",
        "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime | too old",
        "CUDA failure 100: no CUDA-capable device is detected | no such CUDA device",
        "CUDA failure 101: invalid device ordinal | no such CUDA device",
        "CUDA failure 2: out of memory | too little free memory",
        "something new | nvidia-smi"
      })
  void everyKnownMessageOfCudaHasItsAdvice(String message, String advice) {
    assertThat(CudaAdvice.of(message)).contains(advice);
  }
}
