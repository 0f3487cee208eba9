/**
 * Images and their files: tensors as pictures and back, grids, PNG files with the settings of their
 * run, animations.
 */
@NullMarked
package io.github.diffusion4j.image;

import org.jspecify.annotations.NullMarked;
