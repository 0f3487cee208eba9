package io.github.diffusion4j.train.export;

import com.google.protobuf.UnsafeByteOperations;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.ModelMetadata;
import io.github.diffusion4j.internal.files.WholeFiles;
import io.github.diffusion4j.train.export.proto.Onnx.GraphProto;
import io.github.diffusion4j.train.export.proto.Onnx.ModelProto;
import io.github.diffusion4j.train.export.proto.Onnx.OperatorSetIdProto;
import io.github.diffusion4j.train.export.proto.Onnx.StringStringEntryProto;
import io.github.diffusion4j.train.export.proto.Onnx.TensorProto;
import io.github.diffusion4j.train.export.proto.Onnx.TensorShapeProto;
import io.github.diffusion4j.train.export.proto.Onnx.TensorShapeProto.Dimension;
import io.github.diffusion4j.train.export.proto.Onnx.TypeProto;
import io.github.diffusion4j.train.export.proto.Onnx.ValueInfoProto;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a network as an ONNX model (operator set 17, IR version 8) that any ONNX runtime opens.
 *
 * <p>Inputs are the network's, the output is {@value #OUTPUT}; their first dimension is free and
 * called {@code batch}. Values are float32.
 */
public final class OnnxExport {

  /** The name of the output. */
  public static final String OUTPUT = Input.OUTPUT;

  /** What every key of the provenance begins with. */
  public static final String KEY_PREFIX = ModelMetadata.PREFIX;

  /** The key of the library version, which also becomes the model's producer version. */
  public static final String VERSION = KEY_PREFIX + "version";

  private static final int IR_VERSION = 8;
  private static final int OPERATOR_SET = 17;

  /** A protobuf message must stay below 2 GiB; 1.9 GB leaves room for the graph. */
  private static final long LARGEST_INLINE = 1_900_000_000L;

  /** Runtimes map external data page by page. */
  private static final long ALIGNMENT = 4096;

  private OnnxExport() {}

  /**
   * Writes the model, and its weights beside it as {@code NAME.onnx_data} where they are above 1.9
   * GB together.
   *
   * <p>Files come into being whole: they are written under other names, then moved.
   *
   * @param network the network
   * @param parameters its parameters and running statistics
   * @param provenance what the model tells of itself; the keys begin with {@link #KEY_PREFIX}
   * @param file the model's file; its folder exists
   * @throws IllegalArgumentException if a parameter has another size than the network says or a key
   *     another beginning
   * @throws DiffusionException if the files cannot be written
   */
  public static void write(
      Network network, Parameters parameters, Map<String, String> provenance, Path file) {
    write(network, parameters, provenance, file, LARGEST_INLINE);
  }

  static void write(
      Network network,
      Parameters parameters,
      Map<String, String> provenance,
      Path file,
      long largestInline) {
    for (String key : provenance.keySet()) {
      if (!key.startsWith(KEY_PREFIX)) {
        throw new IllegalArgumentException(
            "keys of the provenance must begin with " + KEY_PREFIX + ", got " + key);
      }
    }
    Graph graph = new Graph();
    GraphProto.Builder proto = describe(network, graph, new OnnxOps(graph, parameters));
    List<Initializer> weights = graph.initializers();
    long bytes = weights.stream().mapToLong(Initializer::byteCount).sum();
    try (WholeFiles files = new WholeFiles()) {
      if (bytes > largestInline) {
        Path data = file.resolveSibling(file.getFileName() + "_data");
        writeData(weights, files.open(data));
        long offset = 0;
        for (Initializer weight : weights) {
          offset = aligned(offset);
          proto.addInitializer(external(weight, data, offset));
          offset += weight.byteCount();
        }
      } else {
        weights.forEach(weight -> proto.addInitializer(inline(weight)));
      }
      ModelProto model = model(proto, provenance);
      try (OutputStream out = files.open(file)) {
        model.writeTo(out);
      }
      files.publish();
    } catch (IOException e) {
      throw WholeFiles.cannotBeWritten(file, e);
    }
  }

  private static GraphProto.Builder describe(Network network, Graph graph, OnnxOps ops) {
    Map<String, String> inputs = new LinkedHashMap<>();
    network.inputs().forEach(input -> inputs.put(input.name(), input.name()));
    graph.rename(network.forward(ops, inputs), OUTPUT);
    GraphProto.Builder proto = GraphProto.newBuilder().setName("denoiser");
    for (Input input : network.inputs()) {
      proto.addInput(value(input.name(), input.shape()));
    }
    return proto
        .addOutput(value(OUTPUT, network.inputs().get(0).shape()))
        .addAllNode(graph.nodes())
        .addAllInitializer(graph.constants());
  }

  private static ValueInfoProto value(String name, List<Integer> shape) {
    TensorShapeProto.Builder sizes =
        TensorShapeProto.newBuilder().addDim(Dimension.newBuilder().setDimParam("batch"));
    shape.forEach(size -> sizes.addDim(Dimension.newBuilder().setDimValue(size)));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT_VALUE)
                        .setShape(sizes)))
        .build();
  }

  private static ModelProto model(GraphProto.Builder graph, Map<String, String> provenance) {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("diffusion4j")
        .setProducerVersion(provenance.getOrDefault(VERSION, ""))
        .setDocString(
            "A denoising network: the noisy image and what is known of it to a prediction.")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATOR_SET))
        .setGraph(graph)
        .addAllMetadataProps(entries(provenance))
        .build();
  }

  private static List<StringStringEntryProto> entries(Map<String, String> map) {
    return map.entrySet().stream()
        .map(
            entry ->
                StringStringEntryProto.newBuilder()
                    .setKey(entry.getKey())
                    .setValue(entry.getValue())
                    .build())
        .collect(Collectors.toList());
  }

  private static TensorProto.Builder tensor(Initializer weight) {
    return TensorProto.newBuilder()
        .setName(weight.name())
        .addAllDims(weight.sizes())
        .setDataType(TensorProto.DataType.FLOAT_VALUE);
  }

  private static TensorProto inline(Initializer weight) {
    return tensor(weight)
        .setRawData(UnsafeByteOperations.unsafeWrap(littleEndian(weight.values().get())))
        .build();
  }

  private static TensorProto external(Initializer weight, Path data, long offset) {
    Map<String, String> place = new LinkedHashMap<>();
    place.put("location", String.valueOf(data.getFileName()));
    place.put("offset", Long.toString(offset));
    place.put("length", Long.toString(weight.byteCount()));
    return tensor(weight)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addAllExternalData(entries(place))
        .build();
  }

  /** Writes the weights one after another, so that only one is in memory. */
  private static void writeData(List<Initializer> weights, OutputStream stream) throws IOException {
    try (OutputStream out = stream) {
      long offset = 0;
      for (Initializer weight : weights) {
        long start = aligned(offset);
        out.write(new byte[(int) (start - offset)]);
        out.write(littleEndian(weight.values().get()).array());
        offset = start + weight.byteCount();
      }
    }
  }

  private static long aligned(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static ByteBuffer littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
