package io.github.diffusion4j.train.export;

import com.google.protobuf.ByteString;
import io.github.diffusion4j.train.export.proto.Onnx.AttributeProto;
import io.github.diffusion4j.train.export.proto.Onnx.AttributeProto.AttributeType;
import io.github.diffusion4j.train.export.proto.Onnx.NodeProto;
import io.github.diffusion4j.train.export.proto.Onnx.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** The nodes and constants of a graph while it is written down; values are known by their names. */
final class Graph {

  private final List<NodeProto.Builder> nodes = new ArrayList<>();
  private final Map<String, Initializer> initializers = new LinkedHashMap<>();
  private final Map<String, TensorProto> constants = new LinkedHashMap<>();

  /** Adds a node of one output, which is named after the node. */
  String node(String name, String operator, List<String> inputs, AttributeProto... attributes) {
    String unique = nodes.size() + "/" + name;
    nodes.add(
        NodeProto.newBuilder()
            .setName(unique)
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(unique)
            .addAllAttribute(List.of(attributes)));
    return unique;
  }

  /** Adds a parameter, whose values are asked for when the model is written. */
  void parameter(String name, List<Long> sizes, Supplier<float[]> values) {
    if (initializers.putIfAbsent(name, new Initializer(name, sizes, values)) != null) {
      throw new IllegalArgumentException("layers need different names, got " + name + " twice");
    }
  }

  /** A number, there once however often it is asked for. */
  String scalar(String name, float value) {
    return constant(
        name,
        TensorProto.DataType.FLOAT_VALUE,
        List.of(),
        Float.BYTES,
        buffer -> buffer.putFloat(value));
  }

  /** A vector, there once however often it is asked for. */
  String numbers(String name, double... values) {
    return constant(
        name,
        TensorProto.DataType.FLOAT_VALUE,
        List.of((long) values.length),
        Float.BYTES * values.length,
        buffer -> DoubleStream.of(values).forEach(value -> buffer.putFloat((float) value)));
  }

  /** A vector of whole numbers, there once however often it is asked for. */
  String integers(String name, long... values) {
    return constant(
        name,
        TensorProto.DataType.INT64_VALUE,
        List.of((long) values.length),
        Long.BYTES * values.length,
        buffer -> LongStream.of(values).forEach(buffer::putLong));
  }

  /** Its name has a slash, as nodes' names have and inputs' have not. */
  private String constant(
      String name, int type, List<Long> sizes, int count, Consumer<ByteBuffer> writer) {
    String unique = "constant/" + name;
    constants.computeIfAbsent(
        unique,
        key ->
            TensorProto.newBuilder()
                .setName(key)
                .addAllDims(sizes)
                .setDataType(type)
                .setRawData(bytes(count, writer))
                .build());
    return unique;
  }

  /** Gives a node's output another name. */
  void rename(String value, String name) {
    for (NodeProto.Builder node : nodes) {
      for (int i = 0; i < node.getInputCount(); i++) {
        if (node.getInput(i).equals(value)) {
          node.setInput(i, name);
        }
      }
      if (node.getOutput(0).equals(value)) {
        node.setOutput(0, name);
      }
    }
  }

  List<NodeProto> nodes() {
    return nodes.stream().map(NodeProto.Builder::build).toList();
  }

  List<Initializer> initializers() {
    return List.copyOf(initializers.values());
  }

  List<TensorProto> constants() {
    return List.copyOf(constants.values());
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto attribute(String name, List<Long> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(values)
        .build();
  }

  private static ByteString bytes(int count, Consumer<ByteBuffer> writer) {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    writer.accept(buffer);
    return ByteString.copyFrom(buffer.flip());
  }
}
