/** How the packages of this module reach each other's parts without exporting them. */
@NullMarked
package io.github.diffusion4j.onnx.internal;

import org.jspecify.annotations.NullMarked;
