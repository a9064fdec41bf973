#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "bench/measure.hpp"
#include "bench/options.hpp"
#include "bench/report.hpp"
#include "input/read.hpp"
#include "input/source.hpp"
#include "shared/build_lines.hpp"
#include "shared/fail.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet::command {
namespace {

constexpr std::int64_t kMostFramePixels = 1 << 24;
constexpr std::array kParts{std::pair{"engine", BenchPart::kEngine},
                            std::pair{"lane", BenchPart::kLane},
                            std::pair{"fleet", BenchPart::kFleet}};

Result<BenchPictures> made_up_pictures(const std::string& frames) {
  BenchPictures pictures;
  const auto size = parse_input_size(frames);
  if (!size) {
    return fail(ErrorCode::kInvalidArgument,
                "--frames {}: isn't a width and a height in pixels, such as {}", frames,
                frame_size());
  }
  if (const auto pixels = std::int64_t{size->width} * size->height; pixels > kMostFramePixels) {
    return fail(ErrorCode::kTooLarge,
                "--frames {}: {} pixels; at most {} are allowed, as many frames are kept in memory",
                frames, pixels, kMostFramePixels);
  }
  pictures.width = size->width;
  pictures.height = size->height;
  return pictures;
}

Result<BenchPictures> read_pictures(const BenchArguments& arguments) {
  BenchPictures pictures;
  if (arguments.positional.empty()) {
    return made_up_pictures(arguments.frames.value_or(frame_size()));
  }
  if (arguments.frames) {
    return fail(ErrorCode::kInvalidArgument,
                "--frames and INPUT can't be used together; give only one of them");
  }
  auto inputs = Inputs::open(arguments.positional);
  if (!inputs) {
    return tl::unexpected(std::move(inputs).error());
  }
  while (const auto entry = inputs->next()) {
    auto bytes = entry->error ? tl::unexpected(*entry->error) : read_file(entry->name, -1);
    if (!bytes) {
      return tl::unexpected(std::move(bytes).error());
    }
    pictures.files.push_back({entry->name, *std::move(bytes)});
    if (pictures.files.size() == kMostBenchFiles) {
      break;
    }
  }
  if (pictures.files.empty()) {
    return fail(ErrorCode::kInvalidArgument, "{}",
                inputs->first_empty().value_or("no pictures to measure with"));
  }
  return pictures;
}

/// The kinds of pixels that --pixels names.
std::vector<BenchPixels> pixels_of(const BenchArguments& arguments) {
  std::vector<BenchPixels> all;
  const std::vector<std::string> words = split_list(arguments.pixels);
  for (const BenchPixels pixels : {BenchPixels::kRgb, BenchPixels::kPlanes}) {
    if (std::find(words.begin(), words.end(), name_of(pixels)) != words.end()) {
      all.push_back(pixels);
    }
  }
  return all;
}

/// The measurements with one batch size and number of slots: the engine and lane of each device,
/// and the fleets of `device_sets`.
std::vector<BenchRun> measurements(const BenchArguments& arguments, const BenchPictures& pictures,
                                   Options options, const std::vector<std::string>& names) {
  std::vector<BenchRun> all;
  const std::vector<std::string> parts = split_list(arguments.parts);
  const std::vector<BenchPixels> kinds = pixels_of(arguments);
  for (const auto& [word, part] : kParts) {
    if (std::find(parts.begin(), parts.end(), word) == parts.end()) {
      continue;
    }
    // The network alone gets no pixels, and a fleet decodes files in its own way.
    const bool has_pixels =
        part == BenchPart::kLane || (part == BenchPart::kFleet && pictures.files.empty());
    for (const std::string& set : part == BenchPart::kFleet ? device_sets(names) : names) {
      options.devices = set;
      for (const BenchPixels pixels : has_pixels ? kinds : std::vector{BenchPixels::kRgb}) {
        all.push_back({part, options, pixels, arguments.seconds});
      }
    }
  }
  return all;
}

/// Makes all measurements in turn, once in each round, and gives the median of each.
Result<std::vector<BenchResult>> bench_all(const Model& model, const BenchArguments& arguments,
                                           const BenchPictures& pictures,
                                           const std::vector<BenchRun>& all,
                                           BenchProgress& progress) {
  std::vector<std::vector<BenchResult>> rounds(all.size());
  for (int round = 0; round < arguments.rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto result = measure(model, pictures, all[i]);
      if (!result) {
        return tl::unexpected(std::move(result).error());
      }
      progress.show(*result);
      rounds[i].push_back(*std::move(result));
    }
  }
  std::vector<BenchResult> results;
  results.reserve(rounds.size());
  for (std::vector<BenchResult>& of_one : rounds) {
    results.push_back(median_of(std::move(of_one)));
  }
  return results;
}

/// The numbers of a list; `otherwise` alone if the list is empty.
std::vector<int> numbers_or(const std::string& list, int otherwise) {
  if (list.empty()) {
    return {otherwise};
  }
  std::vector<int> numbers;
  for (const std::string& word : split_list(list)) {
    numbers.push_back(std::stoi(word));
  }
  return numbers;
}

/// The whole sweep over batches and slots.
Result<std::vector<BenchResult>> sweep(const Model& model, const BenchArguments& arguments,
                                       const BenchPictures& pictures, Options options) {
  // Missing and repeated devices are refused before the first measurement.
  const auto devices = devices_of(options);
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  std::vector<std::string> names;
  std::transform(devices->begin(), devices->end(), std::back_inserter(names),
                 [](const ChosenDevice& device) { return device.name; });
  std::vector<std::vector<BenchRun>> steps;
  for (const int batch : numbers_or(arguments.batches, options.batch)) {
    for (const int slots : numbers_or(arguments.slots, options.slots)) {
      options.batch = batch;
      options.slots = slots;
      steps.push_back(measurements(arguments, pictures, options, names));
    }
  }
  // All steps have the same number of measurements.
  BenchProgress progress{steps.size() * steps.front().size() *
                         static_cast<std::size_t>(arguments.rounds)};
  std::vector<BenchResult> results;
  for (const std::vector<BenchRun>& step : steps) {
    auto some = bench_all(model, arguments, pictures, step, progress);
    if (!some) {
      return some;
    }
    std::move(some->begin(), some->end(), std::back_inserter(results));
  }
  compare(results);
  return results;
}

int bench(BenchArguments& arguments) {
  if (auto named = take_model(arguments.model, arguments.positional); !named) {
    return report_error(named.error());
  }
  if (!arguments.batches.empty() && arguments.device.batch != "auto") {
    return report_error({ErrorCode::kInvalidArgument,
                         "--batch and --batches can't be used together; give only one of them"});
  }
  const auto pictures = read_pictures(arguments);
  if (!pictures) {
    return report_error(pictures.error());
  }
  const auto model = load_model(arguments.model);
  if (!model) {
    return report_error(model.error());
  }
  say_warnings(model->warnings());
  Options options = to_options(arguments.device);
  BuildLines lines{false};
  options.on_build = lines.on_build();
  const auto results = sweep(*model, arguments, *pictures, options);
  if (!results) {
    return report_error(results.error());
  }
  say_warnings(warnings_of(*results));
  return print(arguments.json ? bench_json(*results, *model, *pictures, options)
                              : bench_table(*results));
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  CLI::App* const bench_app =
      app.add_subcommand("bench", "Measure the speed of each device, and of all devices together");
  const auto arguments = std::make_shared<BenchArguments>();
  add_bench_options(*bench_app, *arguments);
  bench_app->callback([arguments, &exit_code] { exit_code = bench(*arguments); });
}

}  // namespace yolofleet::command
