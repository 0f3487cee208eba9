package io.github.diffusion4j.onnx;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to do about CUDA's failures, told from ONNX Runtime's messages. */
final class CudaAdvice {

  private static final Pattern LIBRARY = Pattern.compile("(lib[\\w-]+\\.so[.\\d]*): cannot open");

  private CudaAdvice() {}

  static final String CPU_ONLY =
      "the ONNX Runtime on the class path is for the CPU only: use"
          + " com.microsoft.onnxruntime:onnxruntime_gpu instead of onnxruntime, never both"
          + " (Linux and Windows x64)";

  /** One sentence for a message of ONNX Runtime. */
  static String of(String message) {
    if (contains(message, "Failed to find CUDA shared provider")
        || contains(message, "not enabled in this build")
        || contains(message, "not compiled with CUDA support")) {
      return CPU_ONLY;
    }
    Matcher library = LIBRARY.matcher(message);
    if (library.find()) {
      String name = library.group(1);
      if (name.startsWith("libcuda.so")) {
        return "the NVIDIA driver is missing (" + name + ")";
      }
      return name.startsWith("libcudnn")
          ? "cuDNN 9 is missing (" + name + "): install it, or add its folder to LD_LIBRARY_PATH"
          : "the CUDA 12 library "
              + name
              + " is missing: install CUDA 12, or add its folder to LD_LIBRARY_PATH";
    }
    if (contains(message, "error 126")) {
      return "a library of CUDA 12 or cuDNN 9 is missing: install both and add their bin folders to"
          + " PATH";
    }
    if (contains(message, "out of memory") || contains(message, "Failed to allocate memory")) {
      return "the device has too little free memory: use smaller batches, or end other programs"
          + " that use it";
    }
    if (contains(message, "cuDNN is not available") || contains(message, "CUDNN_STATUS")) {
      return "cuDNN 9 is missing or does not fit: install cuDNN 9 for CUDA 12";
    }
    if (contains(message, "driver version is insufficient")) {
      return "the NVIDIA driver is too old for CUDA 12: update it";
    }
    if (contains(message, "no CUDA-capable device")
        || contains(message, "invalid device ordinal")) {
      return "there is no such CUDA device: see nvidia-smi -L, and CUDA_VISIBLE_DEVICES";
    }
    if (contains(message, "no kernel image")) {
      return "this ONNX Runtime has no code for this device's architecture";
    }
    return "check with nvidia-smi that the driver works, and that CUDA 12 and cuDNN 9 are"
        + " installed";
  }

  private static boolean contains(String message, String part) {
    return message.contains(part);
  }
}
