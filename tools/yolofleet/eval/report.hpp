#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "eval/python.hpp"
#include "run/run.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// The results of eval.
struct EvalReport {
  const Model& model;
  const Options& options;
  std::string annotations;           ///< the file
  std::vector<std::string> devices;  ///< as they describe themselves
  std::size_t missing = 0;           ///< pictures of the annotations that the folder lacks
  const RunReport& run;
  const AveragePrecision& measured;
  /// Names of categories with objects that are no class of the model, so never detected.
  std::vector<std::string> without_class;
};

/// Four decimals; "-" if there is no value.
std::string figure(const std::optional<double>& value);

/// The first line of a table: the model, its input, and the options that decide what is detected.
std::string conditions_line(const Model& model, const Options& options);

/// Lines for people: what ran and how, the three figures, and a row for each category with objects.
std::string eval_table(const EvalReport& report);

std::string eval_json(const EvalReport& report);

}  // namespace yolofleet::command
