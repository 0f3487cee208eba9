import org.jspecify.annotations.NullMarked;

/** Trains diffusion UNets on LibTorch and exports them to ONNX. */
@NullMarked
module io.github.diffusion4j.train {
  requires static org.jspecify;
  requires transitive io.github.diffusion4j;
  requires com.fasterxml.jackson.databind;
  requires com.google.protobuf;
  requires java.net.http;
  requires jdk.management;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.openblas;
  requires org.bytedeco.pytorch;
  requires org.slf4j;

  uses io.github.diffusion4j.train.net.NetworkFamily;

  exports io.github.diffusion4j.train;
  exports io.github.diffusion4j.train.data;
  exports io.github.diffusion4j.train.net;
}
