// A module of another build: it refuses every build id.
extern "C" __attribute__((visibility("default"))) void* yolofleet_cpu_module(const char*) {
  return nullptr;
}
