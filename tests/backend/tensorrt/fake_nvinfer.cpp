// A library with TensorRT's version function, which returns a version that doesn't exist.
// NOLINTNEXTLINE(readability-identifier-naming): the name is TensorRT's
extern "C" __attribute__((visibility("default"))) int getInferLibVersion() {
  return 990102;
}
