/**
 * What a network's shapes, parameters and constants are, and copies of parameters. Not exported.
 */
@NullMarked
package io.github.diffusion4j.train.parameters;

import org.jspecify.annotations.NullMarked;
