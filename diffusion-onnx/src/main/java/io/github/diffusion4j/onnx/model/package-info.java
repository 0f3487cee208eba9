/** Folders of whole models, in the layout of diffusers. */
@NullMarked
package io.github.diffusion4j.onnx.model;

import org.jspecify.annotations.NullMarked;
