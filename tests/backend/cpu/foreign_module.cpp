// A shared library that knows nothing of yolofleet.
extern "C" __attribute__((visibility("default"))) int answer() {
  return 42;
}
