// A video module whose library is missing.
extern "C" __attribute__((visibility("default"))) void* yolofleet_video_module(const char*) {
  return nullptr;
}
