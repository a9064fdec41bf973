#include "bench/report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "shared/inference_json.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

using Json = nlohmann::ordered_json;

/// "auto" for 0, which means the default.
std::string or_auto(int number) {
  return number == 0 ? "auto" : std::to_string(number);
}

/// Empty if the ratio is unknown (0).
std::string ratio(double value) {
  return value > 0 ? fmt::format("{:.3f}", value) : "";
}

Json known(double value) {
  return value > 0 ? Json(value) : Json();
}

/// "rgb"; "-" if the devices get no pixels.
const char* pixels_name(const BenchResult& result) {
  return result.pixels ? name_of(*result.pixels) : "-";
}

/// "663552"; empty if nothing was sent.
std::string bytes_text(const BenchResult& result) {
  const double bytes = uploaded_bytes(result);
  return bytes > 0 ? fmt::format("{:.0f}", bytes) : "";
}

/// "15.9, 98 %; 16.0, 99 %"; of a lane or an engine, whose batches are always full, only the batch.
std::string each(const BenchResult& result) {
  std::string text;
  for (const DeviceReport& device : result.report.devices) {
    text += fmt::format("{}{:.1f}", text.empty() ? "" : "; ", device.mean_batch);
    if (result.part == BenchPart::kFleet) {
      text += fmt::format(", {:.0f} %", result.report.seconds > 0
                                            ? 100 * device.busy_seconds / result.report.seconds
                                            : 0);
    }
  }
  return text;
}

/// Host time of a batch in microseconds; null where it isn't measured.
Json host_microseconds(const DeviceReport& device) {
  const auto host = std::find_if(device.stages.begin(), device.stages.end(),
                                 [](const StageReport& stage) { return stage.stage == "host"; });
  return host == device.stages.end() || device.batches == 0
             ? Json()
             : Json(host->seconds * 1e6 / static_cast<double>(device.batches));
}

Json device_json(const DeviceReport& device, BenchPart part) {
  const bool fleet = part == BenchPart::kFleet;
  Json stages = Json::object();
  for (const StageReport& stage : device.stages) {
    stages[stage.stage] = stage.seconds;
  }
  return {{"device", device.device},
          {"share", device.share},
          {"batches", device.batches},
          {"mean_batch", device.mean_batch},
          {"busy_seconds", fleet ? Json(device.busy_seconds) : Json()},
          {"queue_seconds", fleet ? Json(device.queue_seconds) : Json()},
          {"stages", std::move(stages)},
          {"host_microseconds_a_batch", host_microseconds(device)}};
}

Json as_json(const BenchResult& result) {
  Json devices = Json::array();
  for (const DeviceReport& device : result.report.devices) {
    devices.push_back(device_json(device, result.part));
  }
  return {{"what", name_of(result.part)},
          {"devices", result.asked},
          {"descriptions", result.devices},
          {"batch", result.batch},
          {"slots", result.slots},
          {"pixels", result.pixels ? Json(name_of(*result.pixels)) : Json()},
          {"bytes_a_picture", known(uploaded_bytes(result))},
          {"pictures_per_second", result.per_second},
          {"of_sum", known(result.of_sum)},
          {"of_engine", known(result.of_engine)},
          {"seconds", result.report.seconds},
          {"decode_threads", result.report.decode_threads},
          {"decode_seconds", result.report.decode_seconds},
          {"decoded_by_threads", result.report.decoded_by_threads},
          {"decoders", decoders_json(result.report)},
          {"each", std::move(devices)}};
}

}  // namespace

std::string bench_line(const BenchResult& result) {
  return fmt::format("{} of {}, batch {}, slots {}{}{}: {:.1f} pictures/s", name_of(result.part),
                     result.asked, or_auto(result.batch), or_auto(result.slots),
                     result.pixels ? ", " : "", result.pixels ? name_of(*result.pixels) : "",
                     result.per_second);
}

BenchProgress::BenchProgress(std::size_t all) : all_(all), shown_(::isatty(STDERR_FILENO) != 0) {}

void BenchProgress::show(const BenchResult& result) {
  ++done_;
  if (shown_) {
    say(fmt::format("yolofleet: {}/{}: {}\n", done_, all_, printable(bench_line(result))));
  }
}

std::string bench_table(const std::vector<BenchResult>& results) {
  constexpr const char* kLine = "{:<7} {:<28} {:>6} {:>6} {:>7} {:>12} {:>8} {:>10} {:>10}   {}\n";
  std::string text = fmt::format(kLine, "what", "devices", "batch", "slots", "pixels", "pictures/s",
                                 "of sum", "of engine", "bytes", "mean batch, busy of each");
  for (const BenchResult& result : results) {
    text += fmt::format(kLine, name_of(result.part), result.asked, or_auto(result.batch),
                        or_auto(result.slots), pixels_name(result),
                        fmt::format("{:.1f}", result.per_second), ratio(result.of_sum),
                        ratio(result.of_engine), bytes_text(result), each(result));
  }
  return text;
}

std::string bench_json(const std::vector<BenchResult>& results, const Model& model,
                       const BenchPictures& pictures, const Options& options) {
  Json runs = Json::array();
  for (const BenchResult& result : results) {
    runs.push_back(as_json(result));
  }
  Json all{{"model", model.name()},
           {"input", fmt::format("{}x{}", model.input_size().width, model.input_size().height)},
           {"pictures", pictures.files.empty()
                            ? fmt::format("frames of {}x{}", pictures.width, pictures.height)
                            : fmt::format("{} files", pictures.files.size())},
           {"runs", std::move(runs)}};
  all.update(decode_json(options));
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace yolofleet::command
