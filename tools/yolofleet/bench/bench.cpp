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
#include "bench/report.hpp"
#include "input/read.hpp"
#include "input/source.hpp"
#include "shared/build_lines.hpp"
#include "shared/device_options.hpp"
#include "shared/fail.hpp"
#include "shared/model_options.hpp"
#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"
#include "shared/validators.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kMostFiles = 1000;  // all are held in memory
constexpr std::int64_t kMostFramePixels = 1 << 24;
constexpr const char* kFrameSize = "768x576";
constexpr std::array kParts{std::pair{"engine", BenchPart::kEngine},
                            std::pair{"lane", BenchPart::kLane},
                            std::pair{"fleet", BenchPart::kFleet}};

struct BenchArguments {
  std::vector<std::string> positional;  ///< MODEL, then pictures
  ModelArguments model;
  DeviceArguments device;
  std::string parts = "engine,lane,fleet";
  std::string batches;  ///< empty: --batch
  std::string slots;    ///< empty: the library's number
  std::optional<std::string> frames;
  double seconds = 5;
  int rounds = 3;
  bool json = false;
};

Result<BenchPictures> made_up_pictures(const std::string& frames) {
  BenchPictures pictures;
  const auto size = parse_input_size(frames);
  if (!size) {
    return fail(ErrorCode::kInvalidArgument,
                "--frames {}: isn't a width and a height in pixels, such as {}", frames,
                kFrameSize);
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
    return made_up_pictures(arguments.frames.value_or(kFrameSize));
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
    if (pictures.files.size() == kMostFiles) {
      break;
    }
  }
  if (pictures.files.empty()) {
    return fail(ErrorCode::kInvalidArgument, "{}",
                inputs->first_empty().value_or("no pictures to measure with"));
  }
  return pictures;
}

/// Something to be measured in each round.
struct Measurement {
  BenchPart part = BenchPart::kFleet;
  Options options;
};

/// The measurements with one batch size and number of slots: the engine and lane of each device,
/// and the fleets of `device_sets`.
std::vector<Measurement> measurements(const BenchArguments& arguments, Options options,
                                      const std::vector<std::string>& names) {
  std::vector<Measurement> all;
  const std::vector<std::string> parts = split_list(arguments.parts);
  for (const auto& [word, part] : kParts) {
    if (std::find(parts.begin(), parts.end(), word) == parts.end()) {
      continue;
    }
    for (const std::string& set : part == BenchPart::kFleet ? device_sets(names) : names) {
      options.devices = set;
      all.push_back({part, options});
    }
  }
  return all;
}

/// All measurements in turn, once a round; the median of each.
Result<std::vector<BenchResult>> bench_all(const Model& model, const BenchArguments& arguments,
                                           const BenchPictures& pictures,
                                           const std::vector<Measurement>& all,
                                           BenchProgress& progress) {
  std::vector<std::vector<BenchResult>> rounds(all.size());
  for (int round = 0; round < arguments.rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& [part, options] = all[i];
      auto result = part == BenchPart::kFleet
                        ? bench_devices(model, options, pictures, arguments.seconds)
                        : bench_alone(model, options, pictures, arguments.seconds, part);
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

/// The numbers of a list; only `otherwise` if the list is empty.
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
  const auto names = devices_of(options);
  if (!names) {
    return tl::unexpected(names.error());
  }
  std::vector<std::vector<Measurement>> steps;
  for (const int batch : numbers_or(arguments.batches, options.batch)) {
    for (const int slots : numbers_or(arguments.slots, options.slots)) {
      options.batch = batch;
      options.slots = slots;
      steps.push_back(measurements(arguments, options, *names));
    }
  }
  // All steps have the same number of measurements.
  BenchProgress progress{steps.size() * steps.front().size() *
                         static_cast<std::size_t>(arguments.rounds)};
  std::vector<BenchResult> results;
  for (const std::vector<Measurement>& step : steps) {
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
  for (const std::string& warning : model->warnings()) {
    say(fmt::format("yolofleet: warning: {}\n", printable(warning)));
  }
  Options options = to_options(arguments.device);
  BuildLines lines{false};
  options.on_build = lines.on_build();
  const auto results = sweep(*model, arguments, *pictures, options);
  if (!results) {
    return report_error(results.error());
  }
  for (const std::string& warning : warnings_of(*results)) {
    say(fmt::format("yolofleet: warning: {}\n", printable(warning)));
  }
  return print(arguments.json ? bench_json(*results, *model, *pictures) : bench_table(*results));
}

void add_measure_options(CLI::App& app, BenchArguments& arguments) {
  const std::string group = "Measurements";
  app.add_option(
         "--parts", arguments.parts,
         "parts to measure, separated by commas: engine (the network alone), lane (a device "
         "from pixels to detections), fleet (everything)")
      ->check(list_of(one_of({"engine", "lane", "fleet"})))
      ->type_name("LIST")
      ->capture_default_str()
      ->group(group);
  app.add_option("--batches", arguments.batches,
                 "values of --batch to measure with, separated by commas")
      ->check(list_of(whole_from_to(1, 1024)))
      ->type_name("LIST")
      ->group(group);
  app.add_option(
         "--slots", arguments.slots,
         "numbers of batches that a GPU holds at once, to measure with, separated by commas, "
         "1 to 64")
      ->check(list_of(whole_from_to(1, 64)))
      ->type_name("LIST")
      ->default_str("5")
      ->group(group);
  app.add_option("--frames", arguments.frames, "size in pixels of the made-up frames")
      ->type_name("WxH")
      ->default_str(kFrameSize)
      ->group(group);
  app.add_option("--seconds", arguments.seconds, "length of each measurement, 0.01 to 3600 seconds")
      ->check(from_to(0.01, 3600, "a number from 0.01 to 3600"))
      ->type_name("S")
      ->capture_default_str()
      ->group(group);
  app.add_option("--rounds", arguments.rounds,
                 "repeat all measurements N times, 1 to 99, and show the medians")
      ->check(from_to(1, 99, "a whole number from 1 to 99"))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  add_json_flag(app, arguments.json);
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  CLI::App* const bench_app =
      app.add_subcommand("bench", "Measure the speed of each device, and of all devices together");
  const auto arguments = std::make_shared<BenchArguments>();
  bench_app->add_option("paths", arguments->positional)->group("");
  add_model_options(*bench_app, arguments->model);
  add_devices_option(*bench_app, arguments->device.options.devices, kWhichDevices);
  add_precision_option(*bench_app, arguments->device);
  add_self_test_option(*bench_app, arguments->device);
  add_engine_options(*bench_app, arguments->device);
  add_measure_options(*bench_app, *arguments);
  bench_app->footer(
      R"(For each device three parts are measured: its engine (the network alone, on inputs that never
change), its lane (decoded pixels to detections) and a fleet of that one device (with queue and
ordering). Then fleets of the first two devices, of the first three, and so on. Each round makes all
measurements once.

Without INPUT, made-up frames are passed in as decoded pixels, in page-locked memory if there is a
GPU. With INPUT (the same as for detect, at most 1000 files) the files are held in memory. A fleet
decodes them anew each time. A lane gets the first 64 of them, decoded beforehand.

Columns:
  of sum     the speed divided by the sum of the speeds of its devices, each measured alone
  of engine  the speed divided by the sum of the speeds of its devices' engines
--json also gives the times of the stages and the host time of a batch. These, like the number of
batches, include the warm-up. A terminal gets one line for each measurement on standard error.

Exit codes:
  0         success
  2         wrong use, or a model or picture that can't be read
  3         a device failed
  130, 143  stopped by SIGINT or SIGTERM
  141       the reader of standard output has closed it

Examples:
  yolofleet bench yolov4 --batches 16,32 --slots 3,5
  yolofleet bench yolov4 photos --devices cuda:0,cuda:1 --parts fleet --json)");
  set_usage(*bench_app, "yolofleet bench [OPTIONS] MODEL [INPUT...]");
  bench_app->callback([arguments, &exit_code] { exit_code = bench(*arguments); });
}

}  // namespace yolofleet::command
