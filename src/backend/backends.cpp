#include "backend/backends.hpp"

// The build writes backends.inc: a line YOLOFLEET_BACKEND(FOLDER) for each back end.
#define YOLOFLEET_BACKEND(folder)        \
  namespace yolofleet::backend::folder { \
  Listing list_devices();                \
  }
#include "backends.inc"
#undef YOLOFLEET_BACKEND

namespace yolofleet::backend {

std::vector<Listing> list_all_devices() {
  std::vector<Listing> listings;
#define YOLOFLEET_BACKEND(folder) listings.push_back(folder::list_devices());
#include "backends.inc"
#undef YOLOFLEET_BACKEND
  return listings;
}

}  // namespace yolofleet::backend
