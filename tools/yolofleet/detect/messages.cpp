#include "detect/messages.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "run/report.hpp"
#include "run/video_report.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet::command {

void print_model(const Model& model, const Detector& detector, Progress& progress) {
  const InputSize size = model.input_size();
  progress.message(fmt::format("{}: input {}x{}x{}, {} classes, {:.2f} GFLOPs a picture",
                               model.name(), size.width, size.height, model.input_channels(),
                               model.class_count(), static_cast<double>(model.flops()) / 1e9));
  for (const std::string& device : detector.devices()) {
    progress.message(device);
  }
  for (const std::string& decoder : detector.decoders()) {
    progress.message(decoder);
  }
}

void print_why_cpu(const Options& options, const Detector& detector, Progress& progress) {
  if (options.devices != "auto" && options.devices != "all") {
    return;
  }
  const std::string why = why_no_gpu();
  const std::string text = "no GPU is used: " + why;
  const auto warnings = detector.warnings();
  if (!why.empty() && std::find(warnings.begin(), warnings.end(), text) == warnings.end()) {
    progress.message(text);
  }
}

void print_warnings(std::span<const std::string> warnings, Progress& progress) {
  for (const std::string& warning : warnings) {
    progress.message("warning: " + warning);
  }
}

void print_end(const RunReport& report, const FleetReport& opened, Progress& progress) {
  print_warnings(lost_devices(opened, report.fleet), progress);
  print_warnings(failed_decoders(report.fleet), progress);
  print_warnings(left_out(report), progress);
  progress.message(format_summary(report));
  for (const std::string& line : live_summaries(report)) {
    progress.message(line);
  }
  for (const std::string& line : device_summaries(report)) {
    progress.message(line);
  }
  for (const std::string& line : decoder_summaries(report)) {
    progress.message(line);
  }
}

}  // namespace yolofleet::command
