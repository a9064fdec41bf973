// A library of TensorRT's name and of a version that this program isn't compiled for.
extern "C" __attribute__((visibility("default"))) int getInferLibVersion() {
  return 990102;
}
