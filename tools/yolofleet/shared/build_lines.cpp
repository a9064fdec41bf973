#include "shared/build_lines.hpp"

#include <fmt/format.h>

#include "shared/progress.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

std::string doing(const BuildProgress& progress) {
  return fmt::format(
      "{}: {}", progress.device,
      progress.waiting ? "waiting for another process to build it" : "building the engine");
}

constexpr const char* kTakesMinutes = "; this takes minutes";

}  // namespace

std::string format_building(const std::map<std::string, BuildProgress>& devices) {
  std::string line;
  for (const auto& [device, progress] : devices) {
    line += fmt::format("{}{}, {}", line.empty() ? "" : "; ", doing(progress),
                        format_duration(progress.seconds));
  }
  return devices.size() == 1 ? line + kTakesMinutes : line;
}

void BuildLines::show(const BuildProgress& progress) {
  const bool first = devices_.insert_or_assign(progress.device, progress).second;
  if (progress.done) {
    end(progress);
  } else if (shown_) {
    say(fmt::format("\r{}\x1B[K", printable(format_building(devices_))));
  } else if (first) {
    begin(progress);
  }
}

void BuildLines::begin(const BuildProgress& progress) {
  say(fmt::format("yolofleet: {}{}\n", printable(doing(progress)), kTakesMinutes));
}

void BuildLines::end(const BuildProgress& progress) {
  devices_.erase(progress.device);
  say(fmt::format("{}yolofleet: {}: {} {} {}\n", shown_ ? "\r\x1B[K" : "",
                  printable(progress.device), progress.waiting ? "waiting" : "building the engine",
                  progress.failed ? "failed after" : "took", format_duration(progress.seconds)));
}

OnBuild BuildLines::on_build() {
  return [this](const BuildProgress& progress) { show(progress); };
}

}  // namespace yolofleet::command
