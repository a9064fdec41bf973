#pragma once

#include <span>
#include <string>

#include "run/run.hpp"
#include "shared/progress.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet::command {

/// Prints the facts of --verbose: the model, the devices and their decoders.
void print_model(const Model& model, const Detector& detector, Progress& progress);

/// Prints why no GPU is used, unless a warning said it already.
void print_why_cpu(const Options& options, const Detector& detector, Progress& progress);

void print_warnings(std::span<const std::string> warnings, Progress& progress);

/// Prints the summary of a run, after its warnings. `opened`: the devices when it began.
void print_end(const RunReport& report, const FleetReport& opened, Progress& progress);

}  // namespace yolofleet::command
