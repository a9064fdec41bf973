#include "wanted_classes.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace yolofleet {

WantedClasses::WantedClasses(const Model& model, const Options& options) {
  const int count = model.class_count();
  std::vector<bool> wanted(static_cast<std::size_t>(count), options.classes.empty());
  for (const int id : options.classes) {
    wanted[static_cast<std::size_t>(id)] = true;
  }
  if (options.classes.empty() && !options.hidden_classes) {
    for (int id = 0; id < count; ++id) {
      wanted[static_cast<std::size_t>(id)] = !model.is_hidden(id);
    }
  }
  if (std::find(wanted.begin(), wanted.end(), false) != wanted.end()) {
    wanted_ = std::move(wanted);
  }
}

bool WantedClasses::none() const {
  return !wanted_.empty() && std::find(wanted_.begin(), wanted_.end(), true) == wanted_.end();
}

void WantedClasses::keep_in(std::vector<Detection>& detections) const {
  if (wanted_.empty()) {
    return;
  }
  const auto unwanted = [this](const Detection& found) {
    return !wanted_[static_cast<std::size_t>(found.class_id)];
  };
  detections.erase(std::remove_if(detections.begin(), detections.end(), unwanted),
                   detections.end());
}

}  // namespace yolofleet
