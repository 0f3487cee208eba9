/** Runs exported diffusion models through ONNX Runtime. */
@NullMarked
package io.github.diffusion4j.onnx;

import org.jspecify.annotations.NullMarked;
