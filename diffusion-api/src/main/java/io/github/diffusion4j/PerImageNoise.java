package io.github.diffusion4j;

/** One Philox key for each image. */
record PerImageNoise(long seed) implements Noise {

  @Override
  public Stream stream(Shape shape) {
    return new Stream() {
      private int draws;
      private int drawsAside;

      @Override
      public Tensor next() {
        return draw(shape, 0, draws++);
      }

      @Override
      public Tensor aside() {
        return draw(shape, 1, drawsAside++);
      }
    };
  }

  private Tensor draw(Shape shape, int series, int draw) {
    int each = shape.elementsPerImage();
    float[] values = new float[shape.elements()];
    for (int image = 0; image < shape.batch(); image++) {
      Philox.normals(seed + image, series, draw, values, image * each, each);
    }
    return Tensor.wrap(shape, values);
  }

  @Override
  public String toString() {
    return "perImage(" + seed + ")";
  }
}
