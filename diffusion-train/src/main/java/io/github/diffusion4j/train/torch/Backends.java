package io.github.diffusion4j.train.torch;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_nccl;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sends tensors from worker to worker: LibTorch's Gloo and NCCL, each made once. */
@SuppressWarnings("try") // scopes work by being open
final class Backends {

  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  /** The variable by which NCCL reports a lost worker, where it would else end the process. */
  static final String BLOCKING_WAIT = "TORCH_NCCL_BLOCKING_WAIT";

  private static final String NO_NCCL =
      "without NCCL, gradients go by Gloo and the processor's memory: {}";

  /** All, so that none becomes garbage, which would be freed. */
  private static final List<Backend> KEPT = new CopyOnWriteArrayList<>();

  private final Store store;
  private final String prefix;
  private final Map<Boolean, Backend> made = new HashMap<>();

  /** Those whose workers find each other by a store, under names that begin with the prefix. */
  Backends(Store store, String prefix) {
    this.store = store;
    this.prefix = prefix;
  }

  /** Connects each worker with each. */
  void open(boolean isNccl, GroupSettings settings) {
    made.computeIfAbsent(isNccl, nccl -> opened(nccl, settings));
  }

  Backend get(boolean isNccl) {
    return Objects.requireNonNull(made.get(isNccl), "an open backend");
  }

  void setTimeout(Milliseconds timeout) {
    made.values().forEach(open -> open.setTimeout(timeout));
  }

  /**
   * The device that this worker can talk from by NCCL.
   *
   * @param settings this worker's place
   * @param cudaDevice the number of its device
   * @return a text that another worker's is equal to if it was told to take the same device; empty
   *     if this one has no NCCL
   */
  static String ncclDevice(GroupSettings settings, int cudaDevice) {
    try {
      Loader.load(torch_nccl.class);
      String visible = System.getenv("CUDA_VISIBLE_DEVICES"); // what the number is one of
      return ownAddress(settings) + ", " + visible + ", " + cudaDevice;
    } catch (LinkageError | TypeNotPresentException e) {
      LOG.warn(NO_NCCL, e.toString());
      return "";
    }
  }

  /**
   * Whether all workers can talk by NCCL, which takes one worker from each device.
   *
   * @param devices the {@link #ncclDevice} of each
   */
  static boolean haveNccl(List<String> devices) {
    if (devices.contains("")) {
      return false;
    }
    if (Set.copyOf(devices).size() < devices.size()) {
      LOG.warn(NO_NCCL, "workers share a CUDA device; LOCAL_RANK gives each its own");
      return false;
    }
    return true;
  }

  private Backend opened(boolean isNccl, GroupSettings settings) {
    try (PointerScope scope = new PointerScope()) {
      Backend opened = isNccl ? nccl(settings) : gloo(settings);
      KEPT.add(opened);
      return opened.retainReference();
    }
  }

  private Backend nccl(GroupSettings settings) {
    haveNcclReportErrors();
    Store part = part("nccl");
    Backend nccl = new ProcessGroupNCCL(part, settings.rank(), settings.size());
    disown(part);
    nccl.setTimeout(new Milliseconds(settings.timeout().toMillis()));
    return nccl;
  }

  /** Unless the program's environment says what NCCL shall do. */
  static void haveNcclReportErrors() {
    torch.set_env(BLOCKING_WAIT, "1", false);
  }

  private Backend gloo(GroupSettings settings) {
    ProcessGroupGloo.Options options =
        ProcessGroupGloo.Options.create(new Milliseconds(settings.timeout().toMillis()));
    options.devices(
        new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(ownAddress(settings))));
    Store part = part("gloo");
    Backend gloo = new ProcessGroupGloo(part, settings.rank(), settings.size(), options);
    disown(part);
    return gloo;
  }

  private Store part(String name) {
    Store part = new PrefixStore(prefix + "/" + name, store);
    disown(store);
    return part;
  }

  /**
   * Leaves a store to the object that it has been given to, which takes it without asking, and
   * frees it: to free it once more would end the process.
   */
  private static void disown(Store store) {
    store.retainReference(); // lest a scope frees it
    store.deallocate(false); // lest the garbage collector does
  }

  /** The address of this machine on the way to worker 0; connecting a datagram sends nothing. */
  private static String ownAddress(GroupSettings settings) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(settings.address(), settings.port()));
      return socket.getLocalAddress().getHostAddress();
    } catch (SocketException e) {
      throw Connection.unmet(settings, "no way there: " + e.getMessage(), e);
    }
  }
}
