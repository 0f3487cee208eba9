/**
 * Labelled images to train on: the interface, MNIST, Fashion-MNIST and other IDX files, folders of
 * pictures with captions, augmentation.
 */
@NullMarked
package io.github.diffusion4j.train.data;

import org.jspecify.annotations.NullMarked;
