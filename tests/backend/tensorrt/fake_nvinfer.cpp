// A library with TensorRT's way of telling its version, one that nothing is compiled for.
// NOLINTNEXTLINE(readability-identifier-naming): the name is TensorRT's
extern "C" __attribute__((visibility("default"))) int getInferLibVersion() {
  return 990102;
}
