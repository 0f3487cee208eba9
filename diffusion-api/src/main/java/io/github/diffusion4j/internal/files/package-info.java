/**
 * How files are written: not part of the public API. Above the core, whose exceptions it throws.
 */
package io.github.diffusion4j.internal.files;
