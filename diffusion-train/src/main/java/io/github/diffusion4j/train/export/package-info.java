/** Writes trained networks down as ONNX models. */
@NullMarked
package io.github.diffusion4j.train.export;

import org.jspecify.annotations.NullMarked;
