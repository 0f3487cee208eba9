/** LibTorch as an interpreter of networks; the only package that knows it. */
@NullMarked
package io.github.diffusion4j.train.torch;

import org.jspecify.annotations.NullMarked;
