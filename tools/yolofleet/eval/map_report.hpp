#pragma once

#include <string>

#include "eval/detecting.hpp"
#include "eval/labelled_pictures.hpp"
#include "eval/matching.hpp"
#include "eval/precision_recall.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// The results of eval on label files.
struct MapReport {
  const Model& model;
  const Options& options;
  const LabelledPictures& pictures;
  const EvalRun& ran;
  MatchOptions thresholds;
  int points = 0;  ///< as area_under_curve takes them
  MapFigures figures;
};

/// Lines for people: what ran and how, the figures of all classes, and a row for each class.
std::string map_table(const MapReport& report);

std::string map_json(const MapReport& report);

}  // namespace yolofleet::command
