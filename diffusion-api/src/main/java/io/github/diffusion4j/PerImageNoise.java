package io.github.diffusion4j;

/** One Philox key for each image. */
record PerImageNoise(long seed) implements Noise {

  @Override
  public Stream stream(Shape shape) {
    return new Stream() {
      private int draws;

      @Override
      public Tensor next() {
        Tensor noise = draw(shape, draws);
        draws++;
        return noise;
      }
    };
  }

  private Tensor draw(Shape shape, int draw) {
    int each = shape.elementsPerImage();
    float[] values = new float[shape.elements()];
    for (int image = 0; image < shape.batch(); image++) {
      Philox.normals(seed + image, draw, values, image * each, each);
    }
    return Tensor.wrap(shape, values);
  }

  @Override
  public String toString() {
    return "perImage(" + seed + ")";
  }
}
