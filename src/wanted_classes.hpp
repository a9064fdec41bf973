#pragma once

#include <vector>

#include "yolofleet/detection.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// The classes whose detections a Detector returns: Options::classes, else all but hidden ones.
class WantedClasses {
 public:
  /// Precondition: the options passed `check`.
  WantedClasses(const Model& model, const Options& options);

  /// Whether no class is wanted: all are hidden.
  bool none() const;

  /// Removes the detections of other classes; the order stays.
  void keep_in(std::vector<Detection>& detections) const;

 private:
  std::vector<bool> wanted_;  // by class; empty: all are
};

}  // namespace yolofleet
